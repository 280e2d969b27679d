// Every key of the window and what it does: one table for F1's list and for the Shortcut items.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>

namespace lares::ui {

/// QML: Instantiator { model: shortcuts; Shortcut { required property int action; required property string keys
///     sequence: keys; onActivated: window.perform(action) } }
class ShortcutList : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT

 public:
    enum Action {
        NewChat,
        NewTemporaryChat,
        Jump,
        SearchChats,
        FocusComposer,
        StopOrClose,
        OpenSettings,
        GoToChat,
        PreviousChat,
        NextChat,
        CopyLastAnswer,
        RenameChat,
        DeleteChat,
        OpenModelFile,
        NextPane,
        ShowShortcuts,
        Quit,
    };
    Q_ENUM(Action)
    enum Role {
        ActionRole = Qt::UserRole + 1,  ///< action: Action
        KeysRole,                       ///< keys: for Shortcut.sequence: "Ctrl+N"
        KeysTextRole,                   ///< keysText: as the system writes them
        DoesRole,                       ///< does: "Start a new chat"
    };
    Q_ENUM(Role)

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// For tooltips: "Ctrl+N", as the system writes it.
    Q_INVOKABLE QString keysText(lares::ui::ShortcutList::Action action) const;
};

}  // namespace lares::ui
