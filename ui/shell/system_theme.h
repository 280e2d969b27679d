// What the desktop asks of every program: dark or light, more contrast, less motion; told live.
// Source: the settings portal (org.freedesktop.portal.Settings), asked once and never waited for; without one the
// lightness of the palette decides. Not the colours themselves: those are the Theme's.
#pragma once

#include <QDBusConnection>
#include <QDBusVariant>
#include <QObject>
#include <QQmlEngine>
#include <QVariantMap>

#include <optional>

namespace lares::ui {

class SystemTheme : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(bool dark READ dark NOTIFY changed FINAL)
    Q_PROPERTY(bool highContrast READ highContrast NOTIFY changed FINAL)
    Q_PROPERTY(bool reducedMotion READ reducedMotion NOTIFY changed FINAL)

 public:
    /// `bus` is where the portal is looked for; a connection that is not open means palette only.
    explicit SystemTheme(const QDBusConnection& bus = QDBusConnection::sessionBus(), QObject* parent = nullptr);

    bool dark() const;
    bool highContrast() const;
    bool reducedMotion() const;

    bool eventFilter(QObject* object, QEvent* event) override;

 signals:
    void changed();

 private slots:
    void onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
    void ask(QDBusConnection bus);
    void take(const QString& group, const QString& key, const QVariant& value);

    std::optional<bool> m_portalDark;  ///< empty: the portal has no opinion
    bool m_portalContrast = false, m_gnomeContrast = false;
    bool m_portalMotion = false, m_gnomeMotion = false, m_kdeMotion = false;  ///< true: reduced
};

}  // namespace lares::ui
