// Navigator, keys, icons, clipboard, and what the desktop's settings portal says, from a portal of our own on a bus of
// our own.
#include "ui/shell/clipboard.h"
#include "ui/shell/icon_provider.h"
#include "ui/shell/navigator.h"
#include "ui/shell/shortcut_list.h"
#include "ui/shell/system_theme.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVirtualObject>
#include <QGuiApplication>
#include <QKeySequence>
#include <QPalette>
#include <QProcess>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickItemGrabResult>
#include <QQuickWindow>
#include <QSet>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lares::ui;

namespace {

using Settings = QMap<QString, QVariantMap>;

const QString kPortalService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPortalPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kPortalInterface = QStringLiteral("org.freedesktop.portal.Settings");

/// A session bus that only this test is on.
class PrivateBus {
 public:
    PrivateBus() {
        m_daemon.start(QStringLiteral("dbus-daemon"),
                       {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
        if (m_daemon.waitForStarted() && m_daemon.waitForReadyRead()) {
            m_address = QString::fromUtf8(m_daemon.readLine()).trimmed();
        }
    }
    ~PrivateBus() {
        m_daemon.terminate();
        m_daemon.waitForFinished();
    }
    QDBusConnection connect(const QString& name) const { return QDBusConnection::connectToBus(m_address, name); }
    bool isUp() const { return !m_address.isEmpty(); }

 private:
    QProcess m_daemon;
    QString m_address;
};

/// Answers ReadAll with what it was given, after `delayMs`, or never when that is negative.
class FakePortal : public QDBusVirtualObject {
 public:
    FakePortal(QDBusConnection bus, Settings settings, int delayMs)
        : m_settings(std::move(settings)), m_delayMs(delayMs) {
        m_registered = bus.registerVirtualObject(kPortalPath, this) && bus.registerService(kPortalService);
    }
    QString introspect(const QString&) const override { return {}; }
    bool handleMessage(const QDBusMessage& message, const QDBusConnection& connection) override {
        if (message.member() != QLatin1String("ReadAll")) return false;
        asked = message.arguments().value(0).toStringList();
        message.setDelayedReply(true);
        if (m_delayMs >= 0) {
            QTimer::singleShot(m_delayMs, this, [this, message, connection] {
                connection.send(message.createReply(QVariant::fromValue(m_settings)));
            });
        }
        return true;
    }
    bool isRegistered() const { return m_registered; }
    static void tell(const QDBusConnection& bus, const QString& group, const QString& key, const QVariant& value) {
        QDBusMessage signal =
            QDBusMessage::createSignal(kPortalPath, kPortalInterface, QStringLiteral("SettingChanged"));
        signal << group << key << QVariant::fromValue(QDBusVariant(value));
        bus.send(signal);
    }

    QStringList asked;

 private:
    Settings m_settings;
    int m_delayMs;
    bool m_registered = false;
};

void setWindowColor(const QColor& color) {
    QPalette palette = QGuiApplication::palette();
    palette.setColor(QPalette::Window, color);
    QGuiApplication::setPalette(palette);
}

}  // namespace

Q_DECLARE_METATYPE(Settings)

class ShellTest : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase();
    void init() { setWindowColor(Qt::white); }
    void navigatorGoesBack();
    void everyActionHasOneKey();
    void portalDecides();
    void portalTellsChanges();
    void paletteDecidesWithoutPortal();
    void silentPortalHoldsNothingUp();
    void iconsAreTinted();
    void iconsAreSharp();
    void iconsThatAreNotThere_data();
    void iconsThatAreNotThere();
    void iconsFromQml();
    void clipboardTakesText();

 private:
    PrivateBus m_bus;
    int m_connections = 0;
    QDBusConnection newConnection() { return m_bus.connect(QStringLiteral("test%1").arg(++m_connections)); }
};

void ShellTest::initTestCase() {
    QVERIFY2(m_bus.isUp(), "dbus-daemon could not be started");
}

void ShellTest::navigatorGoesBack() {
    Navigator navigator;
    QSignalSpy changed(&navigator, &Navigator::placeChanged);
    navigator.back();
    QCOMPARE(navigator.place(), Navigator::Chat);
    QCOMPARE(changed.count(), 0);
    navigator.setPlace(Navigator::Settings);
    navigator.setPlace(Navigator::Settings);
    QCOMPARE(changed.count(), 1);
    navigator.back();
    QCOMPARE(navigator.place(), Navigator::Chat);
    navigator.back();
    QCOMPARE(navigator.place(), Navigator::Chat);
    QCOMPARE(changed.count(), 2);
}

void ShellTest::everyActionHasOneKey() {
    ShortcutList list;
    QAbstractItemModelTester tester(&list);
    QSet<int> actions;
    QSet<QString> keys;
    for (int row = 0; row < list.rowCount(); ++row) {
        const QModelIndex index = list.index(row);
        const auto action = index.data(ShortcutList::ActionRole).value<ShortcutList::Action>();
        const QString sequence = index.data(ShortcutList::KeysRole).toString();
        QVERIFY2(QKeySequence(sequence).count() == 1 && QKeySequence(sequence)[0].key() != Qt::Key_unknown,
                 qPrintable(sequence));
        QVERIFY(!index.data(ShortcutList::DoesRole).toString().isEmpty());
        QCOMPARE(index.data(ShortcutList::KeysTextRole).toString(), list.keysText(action));
        actions += action;
        keys += sequence;
    }
    QCOMPARE(actions.size(), list.rowCount());
    QCOMPARE(keys.size(), list.rowCount());
    QCOMPARE(list.rowCount(), QMetaEnum::fromType<ShortcutList::Action>().keyCount());
}

void ShellTest::portalDecides() {
    QDBusConnection server = newConnection();
    const Settings settings{
        {QStringLiteral("org.freedesktop.appearance"),
         {{QStringLiteral("color-scheme"), 1u}, {QStringLiteral("contrast"), 0u}}},
        {QStringLiteral("org.gnome.desktop.interface"), {{QStringLiteral("enable-animations"), false}}}};
    FakePortal portal(server, settings, 0);
    QVERIFY(portal.isRegistered());
    SystemTheme theme(newConnection());
    QSignalSpy changed(&theme, &SystemTheme::changed);
    QCOMPARE(theme.dark(), false);
    QTRY_COMPARE(theme.dark(), true);
    QTRY_COMPARE(theme.reducedMotion(), true);
    QCOMPARE(theme.highContrast(), false);
    QCOMPARE(changed.count(), 2);
    QVERIFY(portal.asked.contains(QStringLiteral("org.freedesktop.appearance")));
    setWindowColor(Qt::white);  // the portal has spoken: the palette no longer decides
    QCOMPARE(theme.dark(), true);
    server.unregisterService(kPortalService);
}

void ShellTest::portalTellsChanges() {
    QDBusConnection server = newConnection();
    FakePortal portal(server, {}, 0);
    SystemTheme theme(newConnection());
    QTRY_VERIFY(!portal.asked.isEmpty());
    const auto tell = [&](const char* group, const char* key, const QVariant& value) {
        FakePortal::tell(server, QString::fromLatin1(group), QString::fromLatin1(key), value);
    };
    tell("org.freedesktop.appearance", "color-scheme", 1u);
    QTRY_COMPARE(theme.dark(), true);
    tell("org.freedesktop.appearance", "color-scheme", 2u);
    QTRY_COMPARE(theme.dark(), false);
    setWindowColor(Qt::black);
    QCOMPARE(theme.dark(), false);
    tell("org.freedesktop.appearance", "color-scheme", 0u);  // no opinion
    QTRY_COMPARE(theme.dark(), true);
    tell("org.gnome.desktop.a11y.interface", "high-contrast", true);
    QTRY_COMPARE(theme.highContrast(), true);
    tell("org.gnome.desktop.a11y.interface", "high-contrast", false);
    QTRY_COMPARE(theme.highContrast(), false);
    tell("org.freedesktop.appearance", "contrast", 1u);
    QTRY_COMPARE(theme.highContrast(), true);
    tell("org.kde.kdeglobals.KDE", "AnimationDurationFactor", QStringLiteral("0"));
    QTRY_COMPARE(theme.reducedMotion(), true);
    tell("org.kde.kdeglobals.KDE", "AnimationDurationFactor", QStringLiteral("1.0"));
    QTRY_COMPARE(theme.reducedMotion(), false);
    tell("org.freedesktop.appearance", "reduced-motion", 1u);
    QTRY_COMPARE(theme.reducedMotion(), true);
    server.unregisterService(kPortalService);
}

void ShellTest::paletteDecidesWithoutPortal() {
    SystemTheme theme(newConnection());
    QSignalSpy changed(&theme, &SystemTheme::changed);
    QCOMPARE(theme.dark(), false);
    setWindowColor(QColor(0x20, 0x20, 0x20));
    QTRY_VERIFY(changed.count() > 0);
    QCOMPARE(theme.dark(), true);
    SystemTheme offline(QDBusConnection(QStringLiteral("no such bus")));
    QCOMPARE(offline.dark(), true);
}

void ShellTest::silentPortalHoldsNothingUp() {
    QDBusConnection server = newConnection();
    FakePortal portal(server, {}, -1);
    QElapsedTimer timer;
    timer.start();
    SystemTheme theme(newConnection());
    QVERIFY(timer.elapsed() < 1000);
    QTRY_VERIFY(!portal.asked.isEmpty());
    QCOMPARE(theme.dark(), false);
    server.unregisterService(kPortalService);
}

void ShellTest::iconsAreTinted() {
    IconProvider icons;
    QSize size;
    const QImage image = icons.requestImage(QStringLiteral("square/#0F766E"), &size, {});
    QCOMPARE(size, QSize(24, 24));
    QCOMPARE(image.pixelColor(12, 12), QColor(0x0F, 0x76, 0x6E));
    QCOMPARE(image.pixelColor(1, 1).alpha(), 0);
    const QImage half = icons.requestImage(QStringLiteral("square/#80FF0000"), &size, {});
    QVERIFY(qAbs(half.pixelColor(12, 12).alpha() - 0x80) <= 1);
    QCOMPARE(half.pixelColor(12, 12).red(), 255);
}

void ShellTest::iconsAreSharp() {
    IconProvider icons;
    QSize size;
    const QImage image = icons.requestImage(QStringLiteral("square/black"), &size, QSize(48, 48));
    QCOMPARE(image.size(), QSize(48, 48));
    QCOMPARE(size, QSize(48, 48));
    QCOMPARE(image.pixelColor(7, 24).alpha(), 0);  // the square's edge lies at 4 of 24, so at 8 of 48
    QCOMPARE(image.pixelColor(8, 24).alpha(), 255);
    QCOMPARE(icons.requestImage(QStringLiteral("square/black"), &size, QSize(20, 0)).size(), QSize(20, 20));
}

void ShellTest::iconsThatAreNotThere_data() {
    QTest::addColumn<QString>("id");
    QTest::newRow("no such icon") << "nothing/black";
    QTest::newRow("no such colour") << "square/blakc";
    QTest::newRow("no colour") << "square";
    QTest::newRow("nothing") << "";
    QTest::newRow("another file") << "../icons/square/black";
}

void ShellTest::iconsThatAreNotThere() {
    QFETCH(QString, id);
    IconProvider icons;
    QSize size;
    QVERIFY(icons.requestImage(id, &size, {}).isNull());
}

void ShellTest::iconsFromQml() {
    QQmlEngine engine;
    engine.addImageProvider(QStringLiteral("icons"), new IconProvider);
    QQmlComponent component(&engine);
    component.setData(
        "import QtQuick\nImage { property color tint: \"#0F766E\"; source: \"image://icons/square/\" + tint; "
        "sourceSize: Qt.size(24, 24) }",
        QUrl());
    const std::unique_ptr<QObject> image(component.create());
    QVERIFY2(image, qPrintable(component.errorString()));
    QTRY_COMPARE(image->property("status").toInt(), 1);  // Image.Ready
    QCOMPARE(image->property("implicitWidth").toReal(), 24.0);
}

void ShellTest::clipboardTakesText() {
    Clipboard clipboard;
    clipboard.copy(QStringLiteral("Grüße"));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("Grüße"));
}

QTEST_MAIN(ShellTest)
#include "tst_shell.moc"
