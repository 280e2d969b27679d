#include "ui/chat/text_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>

namespace lares::ui {
namespace {

constexpr qint64 kLargestBytes = 1 << 20;

class Words {
    Q_DECLARE_TR_FUNCTIONS(TextFile)
};

}  // namespace

TextFile readTextFile(const QUrl& url) {
    const QFileInfo info(url.toLocalFile());
    TextFile result{info.fileName(), {}, {}};
    QFile file(info.filePath());
    if (!url.isLocalFile() || !info.isFile() || !file.open(QIODevice::ReadOnly)) {
        result.problem = Words::tr("%1 cannot be read, so it was not attached.").arg(info.fileName());
        return result;
    }
    if (file.size() > kLargestBytes) {
        result.problem =
            Words::tr("%1 is larger than 1 MB, more than a chat takes; it was not attached.").arg(info.fileName());
        return result;
    }
    const QByteArray bytes = file.readAll();
    QStringDecoder decoder(QStringConverter::encodingForData(bytes).value_or(QStringConverter::Utf8));
    result.text = decoder.decode(bytes);
    if (decoder.hasError() || result.text.contains(QChar(u'\0'))) {
        result.text.clear();
        result.problem = Words::tr("%1 is no text, so it was not attached.").arg(info.fileName());
    }
    return result;
}

}  // namespace lares::ui
