// The window: builds the view-models over the running services and the QML engine that shows them. `lares` and
// `lares-offline` share it; what differs between the two is the composition they pass. It is not the place for use cases.
#pragma once

#include <memory>

class QQuickWindow;

namespace lares::app {

struct Composition;

/// Call once, before the QGuiApplication is made: what Qt reads only at its start.
void prepareWindowing();

/// One main window. The composition must outlive it; everything lives in the GUI thread.
class Window {
 public:
    explicit Window(Composition& composition);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    /// The window as QML made it; null when the QML could not be loaded (the reason is on standard error).
    QQuickWindow* quickWindow() const;

 private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// Shows the window and runs the event loop until it is closed. Returns what main() returns.
int runWindow(Composition& composition);

}  // namespace lares::app
