// Pictures of every page and state, for looking at: light and dark, wide and narrow, one PNG each, named
// page-state-theme-size.png. Drives the real window by its keys and view-models; run it on the offscreen platform.
#pragma once

#include <QString>

namespace lares::app {

/// Makes `folder` where missing. Returns what main() returns: 1 when the window could not be shown, a state did not
/// come about in time, or a picture could not be written.
int takeScreenshots(const QString& folder);

}  // namespace lares::app
