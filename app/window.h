// The window: builds the view-models over the running services and the QML engine that shows them. `lares` and
// `lares-offline` share it; what differs between the two is the composition they pass. It is not the place for use
// cases.
#pragma once

#include <memory>

class QQuickWindow;
class QString;

namespace lares::ui {
class ChatListModel;
class ChatViewModel;
class LibraryViewModel;
class ModelPickerViewModel;
class Navigator;
class SettingsViewModel;
}  // namespace lares::ui

namespace lares::app {

struct Composition;

/// One main window, shown as soon as it is made. The composition must outlive it; everything lives in the GUI thread.
class Window {
 public:
    explicit Window(Composition& composition);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    /// The window as QML made it; null when the QML could not be loaded (the reason is on standard error).
    QQuickWindow* quickWindow() const;

    ui::Navigator& navigator();
    ui::ChatListModel& chats();
    ui::ChatViewModel& chat();
    ui::LibraryViewModel& library();
    ui::ModelPickerViewModel& models();
    ui::SettingsViewModel& settings();

 private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// Shows the window and runs the event loop until it is closed. Returns what main() returns.
int runWindow(Composition& composition);

/// In place of the window where the store cannot be opened: the sentence that says why. Returns 1 once it is closed.
int showProblem(const QString& sentence);

}  // namespace lares::app
