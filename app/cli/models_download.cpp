#include "app/cli/models_download.h"

#include "app/cli/terminal_input.h"
#include "inference/error.h"

#include <unistd.h>
#include <cstdio>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace lares::cli {

namespace {

using app::DownloadItem;
using app::DownloadPhase;
using app::DownloadTask;

[[noreturn]] void refuse(const QString& sentence) {
    throw inference::Error(inference::ErrorKind::io, sentence.toStdString());
}

QString sizeText(qint64 bytes) {
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

/// How far a download is: one line that is written over on a terminal, else a line for each tenth.
class ProgressLine {
 public:
    ~ProgressLine() {
        if (m_terminal) std::fputs("\r\033[K", stderr);
    }
    void show(const DownloadItem& item) {
        const int percent = item.totalBytes > 0 ? int(100 * item.doneBytes / item.totalBytes) : 0;
        QString line = QStringLiteral("%1  %2 %  %3 of %4")
                           .arg(item.name)
                           .arg(percent)
                           .arg(sizeText(item.doneBytes), sizeText(item.totalBytes));
        if (item.bytesPerSecond > 0) line += QStringLiteral("  %1/s").arg(sizeText(item.bytesPerSecond));
        if (item.secondsLeft >= 0) line += QStringLiteral("  %1 s left").arg(item.secondsLeft);
        if (item.phase == DownloadPhase::checking) line = QStringLiteral("%1  checking what is there").arg(item.name);
        if (item.phase == DownloadPhase::verifying) line = QStringLiteral("%1  verifying").arg(item.name);
        if (item.phase == DownloadPhase::retrying)
            line = QStringLiteral("%1  %2 Trying again.").arg(item.name, item.sentence);
        const QString step = QStringLiteral("%1 %2").arg(int(item.phase)).arg(percent / 10);
        if (m_terminal) {
            std::fprintf(stderr, "\r\033[K%s", qUtf8Printable(line));
        } else if (step != m_step) {
            std::fprintf(stderr, "%s\n", qUtf8Printable(line));
        }
        m_step = step;
        std::fflush(stderr);
    }

 private:
    bool m_terminal = ::isatty(STDERR_FILENO) == 1;
    QString m_step;
};

DownloadTask taskFor(app::Composition& composition, const QString& repository, const QString& wanted) {
    QEventLoop loop;
    app::HubAnswer found;
    composition.hub().files(repository, QStringLiteral("main"), [&](const app::HubAnswer& answer) {
        found = answer;
        loop.quit();
    });
    loop.exec();
    if (!found.failure.isEmpty()) refuse(found.failure);
    const auto variants = app::variantsOf(found.files, composition.hub().filter());
    const int index = wanted.isEmpty() ? app::recommended(variants) : app::findVariant(variants, wanted);
    QStringList names;
    for (const app::HubVariant& variant : variants)
        names += variant.label.isEmpty() ? variant.files.first().path : variant.label;
    if (index < 0) {
        refuse(names.isEmpty()
                   ? QStringLiteral("%1 has no model file that Lares can use.").arg(repository)
                   : QStringLiteral("%1 has no %2. There are: %3.")
                         .arg(repository, wanted.isEmpty() ? QStringLiteral("file that Lares computes") : wanted,
                              names.join(QStringLiteral(", "))));
    }
    if (!variants[index].runs) refuse(QStringLiteral("Lares does not compute %1 yet.").arg(variants[index].label));
    return app::HubService::taskFor(found.model, variants[index], composition.modelsFolder());
}

QJsonObject toJson(const DownloadTask& task, const QString& path) {
    QJsonArray files;
    for (const app::DownloadFile& file : task.files) {
        files += QJsonObject{{"path", task.folder + QLatin1Char('/') + file.path},
                             {"size_bytes", file.sizeBytes},
                             {"sha256", file.sha256}};
    }
    return {{"path", path}, {"repository", task.repository}, {"revision", task.revision}, {"files", files}};
}

/// Waits until the store has told what it knows of earlier downloads.
void restoreDownloads(app::DownloadService& downloads) {
    QEventLoop loop;
    QString failure;
    QObject::connect(&downloads, &app::DownloadService::changed, &loop, &QEventLoop::quit);
    QObject::connect(&downloads, &app::DownloadService::failed, &loop, [&](const QString& sentence) {
        failure = sentence;
        loop.quit();
    });
    downloads.restore();
    loop.exec();
    if (!failure.isEmpty()) refuse(failure);
}

}  // namespace

int downloadModel(const app::CompositionOptions& options, Arguments& arguments, bool json) {
    const QString word = QString::fromStdString(arguments.word("REPO[:FILE]"));
    arguments.finish();
    TerminalInput input;
    app::Composition composition(options);
    app::DownloadService& downloads = composition.downloads();
    const DownloadTask task =
        taskFor(composition, word.section(QLatin1Char(':'), 0, 0), word.section(QLatin1Char(':'), 1));
    restoreDownloads(downloads);

    QEventLoop loop;
    qint64 id = 0;
    QString path, sentence;
    {
        ProgressLine line;
        QObject::connect(&downloads, &app::DownloadService::begun, &loop, [&](qint64 begun) { id = begun; });
        QObject::connect(&downloads, &app::DownloadService::changed, &loop, [&](const QList<DownloadItem>& items) {
            for (const DownloadItem& item : items) {
                if (item.id != id) continue;
                line.show(item);
                const bool over = item.phase == DownloadPhase::failed ||
                                  (item.phase == DownloadPhase::paused && !item.sentence.isEmpty());
                if (!over) continue;
                sentence = item.sentence;
                loop.quit();
            }
        });
        // Known to the library before the program ends.
        QObject::connect(&downloads, &app::DownloadService::ready, &loop,
                         [&](const DownloadTask&, const QString& at) { path = at; });
        QObject::connect(&composition.models(), &app::ModelService::modelsChanged, &loop, [&] {
            if (!path.isEmpty()) loop.quit();
        });
        QObject::connect(&composition.models(), &app::ModelService::failed, &loop, [&](const QString& why) {
            sentence = why;
            loop.quit();
        });
        QObject::connect(&input, &TerminalInput::interrupted, &loop, [&] {
            sentence = QStringLiteral("Paused. The same command goes on from here.");
            loop.quit();
        });
        downloads.begin(task);
        loop.exec();
    }
    if (!sentence.isEmpty()) refuse(sentence);
    if (json) {
        std::printf("%s\n", QJsonDocument(toJson(task, path)).toJson(QJsonDocument::Compact).constData());
    } else {
        std::printf("%s\n", qUtf8Printable(path));
    }
    return 0;
}

}  // namespace lares::cli
