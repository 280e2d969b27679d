// What `lares` does in the terminal. Each command is one function: it takes its words out of the command line, prints
// its result on standard output and everything else on standard error, and returns the exit code (0 done, 1 could not).
// Throws UsageError for a command line that is wrong, and the modules' Errors. Runs in the main thread.
#pragma once

#include "app/cli/arguments.h"
#include "app/composition.h"

namespace lares::cli {

/// One answer, streamed: `ask TEXT [--model M] [--json]`, the text from standard input where it is left out. The answer
/// is not kept.
int runAsk(const app::CompositionOptions& options, Arguments& arguments);

/// A chat, line by line, kept in the store like any other: `chat [--model M]`. Ctrl+C stops an answer, at the prompt it
/// ends the chat, and so does the end of the input.
int runChat(const app::CompositionOptions& options, Arguments& arguments);

/// The chats of the store: `chats list`, `chats search TEXT`, `chats export FILE [--chat ID]` (.md, .html, .pdf or
/// .json), `chats import FILE`, each with `[--json]`. PDF needs a QGuiApplication.
int runChats(const app::CompositionOptions& options, Arguments& arguments);

/// The library and the hub, each verb with --json: `models list [--everywhere]`, `info M`, `search TEXT`,
/// `download REPO[:FILE]`, `add FILE`, `remove M [--delete]`. A download goes on where it ended; Ctrl+C pauses it.
int runModels(const app::CompositionOptions& options, Arguments& arguments);

/// Every connection that was ever made: `network-log [--json]`.
int runNetworkLog(const app::CompositionOptions& options, Arguments& arguments);

}  // namespace lares::cli
