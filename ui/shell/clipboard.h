// Copy as a verb for QML.
#pragma once

#include <QObject>
#include <QQmlEngine>

namespace lares::ui {

class Clipboard : public QObject {
    Q_OBJECT
    QML_ELEMENT

 public:
    using QObject::QObject;

    Q_INVOKABLE void copy(const QString& text) const;
};

}  // namespace lares::ui
