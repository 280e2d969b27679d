#include "app/cli/model_choice.h"

#include "app/services/settings/settings_service.h"
#include "inference/error.h"

#include <unistd.h>
#include <cstdio>
#include <QEventLoop>
#include <QFileInfo>

namespace lares::cli {

namespace {

[[noreturn]] void refuse(const QString& sentence) {
    throw inference::Error(inference::ErrorKind::badRequest, sentence.toStdString());
}

}  // namespace

QList<app::ModelItem> modelsAfter(app::ModelService& models, const std::function<void()>& ask) {
    QEventLoop loop;
    QString failure;
    QObject::connect(&models, &app::ModelService::modelsChanged, &loop, &QEventLoop::quit);
    QObject::connect(&models, &app::ModelService::failed, &loop, [&](const QString& sentence) {
        failure = sentence;
        loop.quit();
    });
    ask();
    loop.exec();
    if (!failure.isEmpty()) refuse(failure);
    return models.models();
}

QString chooseModel(app::ModelService& models, const app::SettingsService& settings,
                    const std::optional<std::string>& wanted) {
    if (!wanted) {
        const QString last = settings.value(app::setting::kLastModel).toString();
        if (last.isEmpty()) refuse(QStringLiteral("No model was used yet. Name a GGUF file: --model FILE."));
        return last;
    }
    const QString name = QString::fromStdString(*wanted);
    if (QFileInfo::exists(name)) return QFileInfo(name).absoluteFilePath();
    QStringList names;
    for (const app::ModelItem& model : modelsAfter(models, [&] { models.listModels(); })) {
        const QFileInfo file(model.path);
        for (const QString& candidate : {model.name, file.fileName(), file.completeBaseName()}) {
            if (candidate.compare(name, Qt::CaseInsensitive) == 0) return model.path;
        }
        names += model.name;
    }
    refuse(QStringLiteral("There is neither a file nor a known model %1. Known: %2.")
               .arg(name, names.isEmpty() ? QStringLiteral("none yet") : names.join(QStringLiteral(", "))));
}

LoadingLine::LoadingLine(const QString& modelName) : m_name(modelName), m_terminal(::isatty(STDERR_FILENO) == 1) {
    if (!m_terminal) std::fprintf(stderr, "Loading %s\n", qUtf8Printable(m_name));
}

LoadingLine::~LoadingLine() {
    if (m_terminal) std::fputs("\r\033[K", stderr);
}

void LoadingLine::show(double part) {
    const int percent = int(100 * part);
    if (!m_terminal || percent == m_percent) return;
    m_percent = percent;
    std::fprintf(stderr, "\rLoading %s  %d %%", qUtf8Printable(m_name), percent);
    std::fflush(stderr);
}

QString deviceSentence(const app::DeviceItem& device) {
    if (device.kind == QLatin1String("software")) {
        return QStringLiteral(
                   "No graphics card is used: this is %1, software Vulkan on the processor, which is much slower.")
            .arg(device.name);
    }
    if (device.kind == QLatin1String("cpu")) {
        return QStringLiteral("No graphics card is used: the processor computes, %1.").arg(device.name);
    }
    return QStringLiteral("On %1.").arg(device.name);
}

}  // namespace lares::cli
