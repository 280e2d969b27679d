// What lares-offline shows: chats as a person might have had them, and the answers its engine gives. Data, no
// behaviour.
#pragma once

#include <string_view>
#include <vector>

namespace lares::app {

struct SampleMessage {
    bool mine = false;
    std::string_view text;            ///< Markdown
    std::string_view details = "{}";  ///< of an answer, as ChatService keeps them
};

struct SampleChat {
    std::string_view title;
    int daysAgo = 0;
    std::vector<SampleMessage> messages;
};

/// Oldest first.
const std::vector<SampleChat>& sampleChats();

struct SampleModel {
    std::string_view file, name, architecture, quantisation;
    double sizeGb = 0;
    int contextLength = 0;
};

/// Told by their file names, wherever they lie. The first one answers; kBrokenModel cannot be loaded.
const std::vector<SampleModel>& sampleModels();
inline constexpr std::string_view kBrokenModel = "half-a-download.gguf";

/// What the scripted engine answers to a question: fitting for those of the samples, else a general answer.
std::string_view sampleAnswer(std::string_view question);

}  // namespace lares::app
