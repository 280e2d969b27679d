// Character references in Markdown text: "&amp;", "&#x1F600;". Unknown ones stay as they are written.
#pragma once

#include <QByteArrayView>
#include <QString>

namespace lares::ui {

/// `reference` with its & and ;. Numbers that are no character become U+FFFD, control characters their pictures.
QString decodedEntity(QByteArrayView reference);

}  // namespace lares::ui
