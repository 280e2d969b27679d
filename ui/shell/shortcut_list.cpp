#include "ui/shell/shortcut_list.h"

#include <QCoreApplication>
#include <QKeySequence>

#include <algorithm>
#include <iterator>

namespace lares::ui {
namespace {

struct Entry {
    ShortcutList::Action action;
    const char* keys;
    const char* does;
};

// In the order of F1's list.
constexpr Entry kShortcuts[] = {
    {ShortcutList::NewChat, "Ctrl+N", QT_TRANSLATE_NOOP("Shortcuts", "Start a new chat")},
    {ShortcutList::NewTemporaryChat, "Ctrl+Shift+N", QT_TRANSLATE_NOOP("Shortcuts", "Start a chat that is not kept")},
    {ShortcutList::Jump, "Ctrl+K", QT_TRANSLATE_NOOP("Shortcuts", "Jump to anything")},
    {ShortcutList::SearchChats, "Ctrl+Shift+F", QT_TRANSLATE_NOOP("Shortcuts", "Search every message")},
    {ShortcutList::FocusComposer, "Ctrl+L", QT_TRANSLATE_NOOP("Shortcuts", "Write a message")},
    {ShortcutList::StopOrClose, "Esc", QT_TRANSLATE_NOOP("Shortcuts", "Stop the answer, or close what is open")},
    {ShortcutList::PreviousChat, "Alt+Up", QT_TRANSLATE_NOOP("Shortcuts", "Go to the chat above")},
    {ShortcutList::NextChat, "Alt+Down", QT_TRANSLATE_NOOP("Shortcuts", "Go to the chat below")},
    {ShortcutList::CopyLastAnswer, "Ctrl+Shift+C", QT_TRANSLATE_NOOP("Shortcuts", "Copy the last answer")},
    {ShortcutList::RenameChat, "F2", QT_TRANSLATE_NOOP("Shortcuts", "Rename this chat")},
    {ShortcutList::DeleteChat, "Ctrl+Shift+Del", QT_TRANSLATE_NOOP("Shortcuts", "Delete this chat")},
    {ShortcutList::OpenModelFile, "Ctrl+O", QT_TRANSLATE_NOOP("Shortcuts", "Open a model file")},
    {ShortcutList::GoToChat, "Ctrl+1", QT_TRANSLATE_NOOP("Shortcuts", "Go to Chat")},
    {ShortcutList::OpenSettings, "Ctrl+,", QT_TRANSLATE_NOOP("Shortcuts", "Open the settings")},
    {ShortcutList::NextPane, "F6", QT_TRANSLATE_NOOP("Shortcuts", "Go to the next part of the window")},
    {ShortcutList::ShowShortcuts, "F1", QT_TRANSLATE_NOOP("Shortcuts", "Show this list")},
    {ShortcutList::Quit, "Ctrl+Q", QT_TRANSLATE_NOOP("Shortcuts", "Close Lares")},
};

QString nativeText(const Entry& entry) {
    return QKeySequence(QLatin1String(entry.keys), QKeySequence::PortableText).toString(QKeySequence::NativeText);
}

}  // namespace

int ShortcutList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(std::size(kShortcuts));
}

QHash<int, QByteArray> ShortcutList::roleNames() const {
    return {{ActionRole, "action"}, {KeysRole, "keys"}, {KeysTextRole, "keysText"}, {DoesRole, "does"}};
}

QVariant ShortcutList::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Entry& entry = kShortcuts[index.row()];
    switch (role) {
        case ActionRole:
            return QVariant::fromValue(entry.action);
        case KeysRole:
            return QString::fromLatin1(entry.keys);
        case KeysTextRole:
            return nativeText(entry);
        case Qt::DisplayRole:
        case DoesRole:
            return QCoreApplication::translate("Shortcuts", entry.does);
        default:
            return {};
    }
}

QString ShortcutList::keysText(Action action) const {
    const auto* found = std::find_if(std::begin(kShortcuts), std::end(kShortcuts),
                                     [&](const Entry& entry) { return entry.action == action; });
    return found == std::end(kShortcuts) ? QString() : nativeText(*found);
}

}  // namespace lares::ui
