// The open chat: its rows, its composer, what it is doing and how fast.
// Not the list of chats (ChatListModel) nor the models to choose from (ModelPickerViewModel).
#pragma once

#include "ui/chat/message_blocks_model.h"

#include <QObject>
#include <QQmlEngine>
#include <QStringList>
#include <QUrl>

#include <memory>

namespace lares::app {
class ChatService;
class LibraryService;
class ModelService;
class SideQuestions;
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
    Q_PROPERTY(bool temporary READ temporary NOTIFY chatIdChanged FINAL)     ///< this chat is never written
    Q_PROPERTY(bool storeFull READ storeFull NOTIFY storeFullChanged FINAL)  ///< nothing new is taken for now
    Q_PROPERTY(bool nearlyFull READ nearlyFull NOTIFY contextChanged FINAL)  ///< the context, from 90 % on
    Q_PROPERTY(bool summarising READ summarising NOTIFY summarisingChanged FINAL)
    /// Names of the text files that go with the next message.
    Q_PROPERTY(QStringList attachments READ attachments NOTIFY attachmentsChanged FINAL)
    Q_PROPERTY(bool editing READ editing NOTIFY editingChanged FINAL)              ///< the draft replaces a message
    Q_PROPERTY(bool editingAnswer READ editingAnswer NOTIFY editingChanged FINAL)  ///< ... of the model's
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

    ChatViewModel(app::ChatService& chats, app::ModelService& models, app::LibraryService& library,
                  app::SideQuestions& sideQuestions, QObject* parent = nullptr);
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
    bool temporary() const;
    bool storeFull() const;
    bool nearlyFull() const;
    bool summarising() const;
    QStringList attachments() const;
    bool editing() const;
    bool editingAnswer() const;
    QString speedText() const;
    int contextUsed() const;
    int contextTotal() const;
    QString contextText() const;
    QString contextShortText() const;
    QString errorText() const;

    Q_INVOKABLE void open(double chatId);
    Q_INVOKABLE void openNewChat();  ///< stored with its first message
    Q_INVOKABLE void openTemporaryChat();
    Q_INVOKABLE void openAt(double chatId, double messageId);  ///< on the branch of this message
    Q_INVOKABLE void send();  ///< the draft; clears it. Nothing happens unless canSend.
    Q_INVOKABLE void stop();
    Q_INVOKABLE void regenerate(double messageId);              ///< another answer to the same question
    Q_INVOKABLE void showBranch(double messageId, int branch);  ///< the one before or after the foot's `branch`
    Q_INVOKABLE void reproduce(double messageId);               ///< beside it, with its own settings and seed
    Q_INVOKABLE void continueAnswer(double messageId);          ///< of the last message: on from where it ended
    Q_INVOKABLE void summariseOlder();                          ///< for the model alone; the messages stay
    Q_INVOKABLE void dropOlder();
    Q_INVOKABLE void stopSummarising();
    Q_INVOKABLE void undoSummary(double messageId);
    /// Text files up to 1 MB each; the others are refused by errorText.
    Q_INVOKABLE void attach(const QList<QUrl>& files);
    Q_INVOKABLE bool attachPasted();  ///< files that lie on the clipboard; false: there are none
    Q_INVOKABLE void removeAttachment(int index);
    Q_INVOKABLE void edit(double messageId);  ///< the message comes into the draft; send() then puts it beside the old
    Q_INVOKABLE void editLast();              ///< the same for the last question
    Q_INVOKABLE void cancelEdit();            ///< the draft from before comes back
    Q_INVOKABLE void rename(const QString& title);
    Q_INVOKABLE void copy(double messageId);  ///< the message as Markdown
    Q_INVOKABLE void copyBlock(int row);      ///< code: the code; else the row as plain text
    Q_INVOKABLE void copyLastAnswer();
    Q_INVOKABLE void tell(const QString& sentence);  ///< as errorText: another part of the window could not do it
    Q_INVOKABLE void dismissError();

 signals:
    void chatIdChanged();
    void titleChanged();
    void emptyChanged();
    void activityChanged();
    void canSendChanged();
    void draftChanged();
    void editingChanged();
    void storeFullChanged();
    void summarisingChanged();
    void attachmentsChanged();
    void messageWanted(double messageId);  ///< show its rows: they were searched for
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
