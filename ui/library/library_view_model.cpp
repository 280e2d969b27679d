#include "ui/library/library_view_model.h"

#include "app/services/library/library_service.h"
#include "app/services/transfer/transfer_service.h"
#include "ui/chat/chat_document.h"
#include "ui/chat/chat_view_model.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>

namespace lares::ui {
namespace {

constexpr int kTrashDays = 30;
constexpr qint64 kDayMs = qint64{24} * 60 * 60 * 1000;
const QString kSystemPrompt = QStringLiteral("systemPrompt");
const QString kSampling = QStringLiteral("sampling");
const QString kTemperature = QStringLiteral("temperature");
const QString kModel = QStringLiteral("model");
const QString kAssistant = QStringLiteral("assistant");

QString daysLeft(qint64 deletedAtMs) {
    const qint64 goneMs = deletedAtMs + kTrashDays * kDayMs - QDateTime::currentMSecsSinceEpoch();
    const qint64 days = std::max<qint64>(0, goneMs / kDayMs);
    return days == 1 ? LibraryViewModel::tr("1 day left") : LibraryViewModel::tr("%L1 days left").arg(days);
}

}  // namespace

struct LibraryViewModel::Private {
    Private(LibraryViewModel& model, app::LibraryService& libraryService, app::TransferService& transferService,
            ChatViewModel& openChat)
        : self(model), library(libraryService), transfer(transferService), open(openChat) {}

    LibraryViewModel& self;
    app::LibraryService& library;
    app::TransferService& transfer;
    ChatViewModel& open;
    NamedListModel folders, assistants, prompts, trash;
    QString promptFilter;
    app::ChatOptions options;

    void showLists() {
        QList<NamedRow> rows;
        for (const app::FolderItem& folder : library.items().folders) rows += {folder.id, folder.name, {}};
        folders.show(rows);
        rows.clear();
        for (const app::AssistantItem& item : library.items().assistants) {
            rows += {item.id, item.name, item.options[kSystemPrompt].toString().simplified()};
        }
        assistants.show(rows);
        showPrompts();
    }

    void showPrompts() {
        QList<NamedRow> rows;
        for (const app::PromptItem& prompt : library.items().prompts) {
            if (!prompt.name.contains(promptFilter, Qt::CaseInsensitive)) continue;
            rows += {prompt.id, prompt.name, prompt.text.simplified()};
        }
        prompts.show(rows);
    }

    void setOptions(const app::ChatOptions& wanted) {
        if (open.chatId() > 0) library.setOptions(qint64(open.chatId()), wanted);
    }
};

LibraryViewModel::LibraryViewModel(app::LibraryService& library, app::TransferService& transfer, ChatViewModel& open,
                                   QObject* parent)
    : QObject(parent), d(new Private(*this, library, transfer, open)) {
    using app::LibraryService;
    using app::TransferService;
    connect(&library, &LibraryService::changed, this, [this] { d->showLists(); });
    connect(&library, &LibraryService::failed, this, &LibraryViewModel::failed);
    connect(&library, &LibraryService::trashListed, this, [this](const QList<app::TrashItem>& items) {
        QList<NamedRow> rows;
        for (const app::TrashItem& item : items) {
            rows += {item.chatId, item.title.isEmpty() ? tr("New chat") : item.title, daysLeft(item.deletedAtMs)};
        }
        d->trash.show(rows);
    });
    connect(&library, &LibraryService::optionsRead, this, [this](qint64 chatId, const app::ChatOptions& options) {
        if (double(chatId) != d->open.chatId()) return;
        d->options = options;
        emit optionsChanged();
    });
    connect(&open, &ChatViewModel::chatIdChanged, this, [this] {
        d->options = {};
        emit optionsChanged();
    });
    connect(&transfer, &TransferService::failed, this, &LibraryViewModel::failed);
    connect(&transfer, &TransferService::exported, this,
            [this](const QString& path) { emit told(tr("Written to %1").arg(QFileInfo(path).fileName())); });
    connect(&transfer, &TransferService::imported, this, [this](int chats, int, const QString& from) {
        emit told(chats == 1 ? tr("1 chat came from %1").arg(from) : tr("%L1 chats came from %2").arg(chats).arg(from));
    });
    d->showLists();
}

LibraryViewModel::~LibraryViewModel() = default;

NamedListModel* LibraryViewModel::folders() {
    return &d->folders;
}

NamedListModel* LibraryViewModel::assistants() {
    return &d->assistants;
}

NamedListModel* LibraryViewModel::prompts() {
    return &d->prompts;
}

NamedListModel* LibraryViewModel::trash() {
    return &d->trash;
}

QString LibraryViewModel::promptFilter() const {
    return d->promptFilter;
}

void LibraryViewModel::setPromptFilter(const QString& text) {
    if (text == d->promptFilter) return;
    d->promptFilter = text;
    d->showPrompts();
    emit promptFilterChanged();
}

QString LibraryViewModel::systemPrompt() const {
    return d->options[kSystemPrompt].toString();
}

bool LibraryViewModel::ownSystemPrompt() const {
    return d->options[kSystemPrompt].isString();
}

double LibraryViewModel::temperature() const {
    return d->options[kSampling][kTemperature].toDouble();
}

bool LibraryViewModel::ownTemperature() const {
    return d->options[kSampling][kTemperature].isDouble();
}

QString LibraryViewModel::model() const {
    return d->options[kModel].toString();
}

QString LibraryViewModel::assistant() const {
    return d->options[kAssistant].toString();
}

void LibraryViewModel::renameFolder(double id, const QString& name) {
    d->library.renameFolder(qint64(id), name);
}

void LibraryViewModel::removeFolder(double id) {
    d->library.removeFolder(qint64(id));
}

QString LibraryViewModel::promptText(double id) const {
    for (const app::PromptItem& prompt : d->library.items().prompts) {
        if (double(prompt.id) == id) return prompt.text;
    }
    return {};
}

void LibraryViewModel::savePrompt(const QString& name, const QString& text) {
    d->library.putPrompt({0, name, text});
}

void LibraryViewModel::removePrompt(double id) {
    d->library.removePrompt(qint64(id));
}

void LibraryViewModel::readTrash() {
    d->library.listTrash();
}

void LibraryViewModel::restore(double chatId) {
    d->library.restore(qint64(chatId));
}

void LibraryViewModel::erase(double chatId) {
    d->library.erase(qint64(chatId));
}

void LibraryViewModel::emptyTrash() {
    d->library.emptyTrash();
}

void LibraryViewModel::readOptions() {
    if (d->open.chatId() > 0) d->library.readOptions(qint64(d->open.chatId()));
}

void LibraryViewModel::setSystemPrompt(const QString& text) {
    app::ChatOptions wanted = d->options;
    wanted.insert(kSystemPrompt, text);
    d->setOptions(wanted);
}

void LibraryViewModel::setTemperature(double value) {
    app::ChatOptions wanted = d->options;
    QJsonObject sampling = wanted[kSampling].toObject();
    sampling.insert(kTemperature, value);
    wanted.insert(kSampling, sampling);
    d->setOptions(wanted);
}

void LibraryViewModel::setModel(const QString& path) {
    app::ChatOptions wanted = d->options;
    if (path.isEmpty()) {
        wanted.remove(kModel);
    } else {
        wanted.insert(kModel, path);
    }
    d->setOptions(wanted);
}

void LibraryViewModel::resetOptions() {
    d->setOptions({});
}

void LibraryViewModel::applyAssistant(double id) {
    for (const app::AssistantItem& item : d->library.items().assistants) {
        if (double(item.id) != id) continue;
        app::ChatOptions wanted = item.options;
        wanted.insert(kAssistant, item.name);
        d->setOptions(wanted);
    }
}

void LibraryViewModel::saveAssistant(const QString& name) {
    app::ChatOptions options = d->options;
    options.remove(kAssistant);
    d->library.putAssistant({0, name, options});
}

void LibraryViewModel::removeAssistant(double id) {
    d->library.removeAssistant(qint64(id));
}

void LibraryViewModel::exportChat(double chatId, const QUrl& file) {
    const QString path = file.toLocalFile();
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QList<qint64> ids = chatId == 0 ? QList<qint64>() : QList<qint64>{qint64(chatId)};
    if (suffix == QLatin1String("json")) {
        d->transfer.exportJson(path, ids);
    } else if (suffix == QLatin1String("html")) {
        d->transfer.exportTo(path, ids, chatsToHtml);
    } else if (suffix == QLatin1String("pdf")) {
        d->transfer.exportTo(path, ids, chatsToPdf);
    } else {
        const bool named = suffix == QLatin1String("md");
        d->transfer.exportTo(named ? path : path + QStringLiteral(".md"), ids, app::chatsToMarkdown);
    }
}

void LibraryViewModel::importFile(const QUrl& file) {
    d->transfer.importFrom(file.toLocalFile());
}

}  // namespace lares::ui
