#include "ui/shell/clipboard.h"

#include <QClipboard>
#include <QGuiApplication>

namespace lares::ui {

void Clipboard::copy(const QString& text) const {
    QGuiApplication::clipboard()->setText(text);
}

}  // namespace lares::ui
