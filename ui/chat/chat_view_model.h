// The open chat: its rows, its composer, what it is doing and how fast.
// Not the list of chats (ChatListModel) nor the models to choose from (ModelPickerViewModel).
#pragma once

#include "ui/chat/message_blocks_model.h"

#include <QObject>
#include <QQmlEngine>

#include <memory>

namespace lares::app {
class ChatService;
class ModelService;
}  // namespace lares::app

namespace lares::ui {

class ChatViewModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(lares::ui::MessageBlocksModel* blocks READ blocks CONSTANT FINAL)
    Q_PROPERTY(double chatId READ chatId NOTIFY chatIdChanged FINAL)  ///< 0: a new chat, stored with its first message
    Q_PROPERTY(QString title READ title NOTIFY titleChanged FINAL)    ///< "New chat" while it has none
    Q_PROPERTY(bool empty READ empty NOTIFY emptyChanged FINAL)       ///< no message yet
    Q_PROPERTY(Activity activity READ activity NOTIFY activityChanged FINAL)
    Q_PROPERTY(bool busy READ busy NOTIFY activityChanged FINAL)  ///< anything but Idle: Send is Stop
    Q_PROPERTY(QString activityText READ activityText NOTIFY activityChanged FINAL)  ///< "Reading the question, 40 %"
    Q_PROPERTY(bool canSend READ canSend NOTIFY canSendChanged FINAL)
    Q_PROPERTY(
        QString cannotSendReason READ cannotSendReason NOTIFY canSendChanged FINAL)  ///< tooltip of a disabled Send
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged FINAL)
    Q_PROPERTY(bool editing READ editing NOTIFY editingChanged FINAL)  ///< the draft replaces the last question
    Q_PROPERTY(
        QString speedText READ speedText NOTIFY speedChanged FINAL)  ///< "12.3 tokens/s", empty before the first answer
    Q_PROPERTY(int contextUsed READ contextUsed NOTIFY contextChanged FINAL)      ///< tokens; 0: not known yet
    Q_PROPERTY(int contextTotal READ contextTotal NOTIFY contextChanged FINAL)    ///< tokens; 0: no model
    Q_PROPERTY(QString contextText READ contextText NOTIFY contextChanged FINAL)  ///< "9.9k of 16k"
    Q_PROPERTY(QString contextShortText READ contextShortText NOTIFY contextChanged FINAL)  ///< "9.9k"
    Q_PROPERTY(QString errorText READ errorText NOTIFY errorTextChanged FINAL)              ///< banner; empty: none

 public:
    enum Activity { Idle, Waiting, ReadingPrompt, Answering };
    Q_ENUM(Activity)

    ChatViewModel(app::ChatService& chats, app::ModelService& models, QObject* parent = nullptr);
    ~ChatViewModel() override;

    MessageBlocksModel* blocks();
    double chatId() const;
    QString title() const;
    bool empty() const;
    Activity activity() const;
    bool busy() const { return activity() != Idle; }
    QString activityText() const;
    bool canSend() const;
    QString cannotSendReason() const;
    QString draft() const;
    void setDraft(const QString& text);
    bool editing() const;
    QString speedText() const;
    int contextUsed() const;
    int contextTotal() const;
    QString contextText() const;
    QString contextShortText() const;
    QString errorText() const;

    Q_INVOKABLE void open(double chatId);
    Q_INVOKABLE void openNewChat();  ///< stored with its first message
    Q_INVOKABLE void send();         ///< the draft; clears it. Nothing happens unless canSend.
    Q_INVOKABLE void stop();
    Q_INVOKABLE void regenerate(double messageId);              ///< another answer to the same question
    Q_INVOKABLE void showBranch(double messageId, int branch);  ///< the one before or after the foot's `branch`
    Q_INVOKABLE void editLast();    ///< the last question comes into the draft; send() then replaces it
    Q_INVOKABLE void cancelEdit();  ///< the draft from before comes back
    Q_INVOKABLE void rename(const QString& title);
    Q_INVOKABLE void copy(double messageId);  ///< the message as Markdown
    Q_INVOKABLE void copyBlock(int row);      ///< code: the code; else the row as plain text
    Q_INVOKABLE void copyLastAnswer();
    Q_INVOKABLE void dismissError();

 signals:
    void chatIdChanged();
    void titleChanged();
    void emptyChanged();
    void activityChanged();
    void canSendChanged();
    void draftChanged();
    void editingChanged();
    void speedChanged();
    void contextChanged();
    void errorTextChanged();
    void copied();    ///< for a short sign on the button or a toast
    void answered();  ///< an answer came to its end; the place to speak or to notify

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
