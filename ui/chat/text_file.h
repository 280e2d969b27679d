// A file that a person gives to a chat, as text: UTF-8 or UTF-16, up to 1 MB. Documents are the document reader's.
#pragma once

#include <QString>
#include <QUrl>

namespace lares::ui {

struct TextFile {
    QString name;
    QString text;
    QString problem;  ///< a sentence where it could not be read, or is no text; else empty
};

TextFile readTextFile(const QUrl& url);

}  // namespace lares::ui
