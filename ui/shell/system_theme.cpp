#include "ui/shell/system_theme.h"

#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QEvent>
#include <QGuiApplication>
#include <QPalette>

#include <cassert>
#include <tuple>

using PortalSettings = QMap<QString, QVariantMap>;
Q_DECLARE_METATYPE(PortalSettings)

namespace lares::ui {
namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");

const QString kAppearance = QStringLiteral("org.freedesktop.appearance");
const QString kGnome = QStringLiteral("org.gnome.desktop.interface");
const QString kGnomeAccess = QStringLiteral("org.gnome.desktop.a11y.interface");
const QString kKde = QStringLiteral("org.kde.kdeglobals.KDE");

constexpr int kAnswerWithinMs = 20000;  // a cold portal can take many seconds; nothing waits for it

// Values come once or twice wrapped in variants, depending on the portal.
QVariant unwrapped(QVariant value) {
    while (value.userType() == qMetaTypeId<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
    return value;
}

bool paletteIsDark() {
    return QGuiApplication::palette().color(QPalette::Window).lightnessF() < 0.5f;
}

}  // namespace

SystemTheme::SystemTheme(const QDBusConnection& bus, QObject* parent) : QObject(parent) {
    // Qt 6.4 refuses to connect a slot with this parameter unless the type is registered before.
    qRegisterMetaType<QDBusVariant>();
    qDBusRegisterMetaType<PortalSettings>();
    qApp->installEventFilter(this);
    if (bus.isConnected()) ask(bus);
}

void SystemTheme::ask(QDBusConnection bus) {
    const bool listening = bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                                       SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    assert(listening);
    QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("ReadAll"));
    call << QStringList{kAppearance, kGnome, kGnomeAccess, kKde};
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, kAnswerWithinMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* finished) {
        finished->deleteLater();
        const QDBusPendingReply<PortalSettings> reply = *finished;
        if (reply.isError()) return;  // no portal here: the palette decides
        const PortalSettings groups = reply.value();
        for (auto group = groups.cbegin(); group != groups.cend(); ++group) {
            for (auto entry = group->cbegin(); entry != group->cend(); ++entry) take(group.key(), entry.key(), *entry);
        }
    });
}

void SystemTheme::onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
    take(group, key, value.variant());
}

void SystemTheme::take(const QString& group, const QString& key, const QVariant& wrapped) {
    const auto seen = [this] { return std::tuple(dark(), highContrast(), reducedMotion()); };
    const auto before = seen();
    const QVariant value = unwrapped(wrapped);
    if (group == kAppearance) {
        if (key == QLatin1String("color-scheme")) {
            const uint scheme = value.toUInt();  // 0: no opinion, 1: dark, 2: light
            m_portalDark = scheme == 1 ? std::optional(true) : scheme == 2 ? std::optional(false) : std::nullopt;
        } else if (key == QLatin1String("contrast")) {
            m_portalContrast = value.toUInt() == 1;
        } else if (key == QLatin1String("reduced-motion")) {
            m_portalMotion = value.toUInt() == 1;
        }
    } else if (group == kGnome && key == QLatin1String("enable-animations")) {
        m_gnomeMotion = !value.toBool();
    } else if (group == kGnomeAccess && key == QLatin1String("high-contrast")) {
        m_gnomeContrast = value.toBool();
    } else if (group == kKde && key == QLatin1String("AnimationDurationFactor")) {
        bool isNumber = false;
        const double factor = value.toString().toDouble(&isNumber);
        m_kdeMotion = isNumber && factor == 0;
    }
    if (seen() != before) emit changed();
}

bool SystemTheme::dark() const {
    return m_portalDark ? *m_portalDark : paletteIsDark();
}

bool SystemTheme::highContrast() const {
    return m_portalContrast || m_gnomeContrast;
}

bool SystemTheme::reducedMotion() const {
    return m_portalMotion || m_gnomeMotion || m_kdeMotion;
}

bool SystemTheme::eventFilter(QObject* object, QEvent* event) {
    if (object == qApp && event->type() == QEvent::ApplicationPaletteChange) emit changed();
    return QObject::eventFilter(object, event);
}

}  // namespace lares::ui
