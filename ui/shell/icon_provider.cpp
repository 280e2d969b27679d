#include "ui/shell/icon_provider.h"

#include <QColor>
#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace lares::ui {
namespace {

constexpr int kGrid = 24;

}  // namespace

QImage IconProvider::requestImage(const QString& id, QSize* size, const QSize& requested) {
    const qsizetype slash = id.indexOf(u'/');
    const QString name = id.first(qMax<qsizetype>(slash, 0));
    const QColor color = QColor::fromString(id.sliced(slash + 1));
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!color.isValid() || !file.open(QIODevice::ReadOnly)) return {};

    QByteArray svg = file.readAll();
    svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    if (!renderer.isValid()) return {};

    const int width = requested.width() > 0 ? requested.width() : qMax(requested.height(), 0);
    const int height = requested.height() > 0 ? requested.height() : width;
    const QSize pixels = width > 0 ? QSize(width, height) : QSize(kGrid, kGrid);
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setOpacity(color.alphaF());
    renderer.render(&painter);
    if (size != nullptr) *size = pixels;
    return image;
}

}  // namespace lares::ui
