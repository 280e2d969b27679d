// Which place of the window is shown. A new page is one more value here.
#pragma once

#include <QObject>
#include <QQmlEngine>

namespace lares::ui {

class Navigator : public QObject {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(Place place READ place WRITE setPlace NOTIFY placeChanged FINAL)

 public:
    enum Place { Chat, Settings };
    Q_ENUM(Place)

    using QObject::QObject;

    Place place() const { return m_place; }
    void setPlace(Place place);
    /// The place before this one; Chat when there is none. Esc on a page does this.
    Q_INVOKABLE void back();

 signals:
    void placeChanged();

 private:
    Place m_place = Chat;
    Place m_before = Chat;
};

}  // namespace lares::ui
