// What stands around the chats, for the pages: folders, saved prompts, the trash, files in and out; and the options of
// the open chat with the assistants they may come from.
// Not the list of chats (ChatListModel).
#pragma once

#include "ui/library/named_list_model.h"

#include <QObject>
#include <QQmlEngine>
#include <QUrl>

#include <memory>

namespace lares::app {
class LibraryService;
class TransferService;
}  // namespace lares::app

namespace lares::ui {

class ChatViewModel;

class LibraryViewModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(lares::ui::NamedListModel* folders READ folders CONSTANT FINAL)
    Q_PROPERTY(lares::ui::NamedListModel* assistants READ assistants CONSTANT FINAL)
    Q_PROPERTY(lares::ui::NamedListModel* prompts READ prompts CONSTANT FINAL)  ///< those that promptFilter leaves
    Q_PROPERTY(lares::ui::NamedListModel* trash READ trash CONSTANT FINAL)
    Q_PROPERTY(QString promptFilter READ promptFilter WRITE setPromptFilter NOTIFY promptFilterChanged FINAL)
    // Of the open chat; unset ones show what the settings say.
    Q_PROPERTY(QString systemPrompt READ systemPrompt NOTIFY optionsChanged FINAL)
    Q_PROPERTY(bool ownSystemPrompt READ ownSystemPrompt NOTIFY optionsChanged FINAL)
    Q_PROPERTY(double temperature READ temperature NOTIFY optionsChanged FINAL)
    Q_PROPERTY(bool ownTemperature READ ownTemperature NOTIFY optionsChanged FINAL)
    Q_PROPERTY(QString model READ model NOTIFY optionsChanged FINAL)          ///< path; empty: whichever is loaded
    Q_PROPERTY(QString assistant READ assistant NOTIFY optionsChanged FINAL)  ///< name; empty: none

 public:
    LibraryViewModel(app::LibraryService& library, app::TransferService& transfer, ChatViewModel& open,
                     QObject* parent = nullptr);
    ~LibraryViewModel() override;

    NamedListModel* folders();
    NamedListModel* assistants();
    NamedListModel* prompts();
    NamedListModel* trash();
    QString promptFilter() const;
    void setPromptFilter(const QString& text);
    QString systemPrompt() const;
    bool ownSystemPrompt() const;
    double temperature() const;
    bool ownTemperature() const;
    QString model() const;
    QString assistant() const;

    Q_INVOKABLE void renameFolder(double id, const QString& name);
    Q_INVOKABLE void removeFolder(double id);
    Q_INVOKABLE QString promptText(double id) const;
    Q_INVOKABLE void savePrompt(const QString& name, const QString& text);
    Q_INVOKABLE void removePrompt(double id);

    Q_INVOKABLE void readTrash();
    Q_INVOKABLE void restore(double chatId);
    Q_INVOKABLE void erase(double chatId);
    Q_INVOKABLE void emptyTrash();

    Q_INVOKABLE void readOptions();  ///< of the open chat
    Q_INVOKABLE void setSystemPrompt(const QString& text);
    Q_INVOKABLE void setTemperature(double value);
    Q_INVOKABLE void setModel(const QString& path);
    Q_INVOKABLE void resetOptions();
    Q_INVOKABLE void applyAssistant(double id);
    Q_INVOKABLE void saveAssistant(const QString& name);  ///< the open chat's options under a name
    Q_INVOKABLE void removeAssistant(double id);

    /// The file's ending says what is written: md, html, pdf or json. `chatId` 0: all chats.
    Q_INVOKABLE void exportChat(double chatId, const QUrl& file);
    Q_INVOKABLE void importFile(const QUrl& file);

 signals:
    void promptFilterChanged();
    void optionsChanged();
    void told(const QString& sentence);    ///< for a toast
    void failed(const QString& sentence);  ///< for a banner

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
