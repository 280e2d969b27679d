// Pictures of every page and state, for looking at: light and dark, wide and narrow, one PNG each, named
// page-state-theme-size.png. Drives the real window by its keys and view-models; run it on the offscreen platform.
#pragma once

#include <functional>
#include <memory>
#include <QString>

namespace lares::app {

struct Composition;

/// A running composition over the scripted engine, with the sample chats or with nothing.
using CompositionMaker = std::function<std::unique_ptr<Composition>(bool withSamples)>;

/// Makes `folder` where missing. Returns what main() returns: 1 when the window could not be shown, a state did not
/// come about in time, or a picture could not be written.
int takeScreenshots(const CompositionMaker& make, const QString& folder);

}  // namespace lares::app
