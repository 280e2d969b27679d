// Icons in any colour, sharp at any scale: "image://icons/send/#0F766E" draws :/icons/send.svg with its currentColor
// replaced. The colour is anything QColor reads ("#rrggbb", "#aarrggbb", a name); QML colours turn into that by
// themselves.
#pragma once

#include <QQuickImageProvider>

namespace lares::ui {

/// engine.addImageProvider("icons", new IconProvider): the engine owns it.
class IconProvider : public QQuickImageProvider {
 public:
    IconProvider() : QQuickImageProvider(QQuickImageProvider::Image) {}

    /// `requested` is what QML's sourceSize becomes in device pixels; without one the icon is 24 x 24. An unknown icon
    /// or colour gives a null image, so that QML says so.
    QImage requestImage(const QString& id, QSize* size, const QSize& requested) override;
};

}  // namespace lares::ui
