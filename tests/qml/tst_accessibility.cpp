// What a screen reader is told: everything that takes the keyboard has a name, and every action does something.
#include "tests/qml/window_fixture.h"

#include <private/qguiapplication_p.h>
#include <qpa/qplatformaccessibility.h>
#include <qpa/qplatformintegration.h>
#include <QAccessible>

#include <optional>

using lares::app::Samples;
using lares::test::Lares;
using lares::test::Warnings;
using lares::ui::SettingsViewModel;

namespace {

struct Seen {
    int focusable = 0;
    QStringList nameless;
};

void walk(QAccessibleInterface* node, Seen& seen, int depth) {
    if (node == nullptr || !node->isValid() || depth > 60) return;
    const QAccessible::State state = node->state();
    if (state.invisible) return;
    const auto* item = qobject_cast<QQuickItem*>(node->object());
    const bool text = node->role() == QAccessible::EditableText;
    if (item != nullptr && item->activeFocusOnTab() && item->isEnabled()) {
        ++seen.focusable;
        if (node->text(QAccessible::Name).isEmpty() && !(text && !node->text(QAccessible::Value).isEmpty())) {
            seen.nameless += QString::fromLatin1(item->metaObject()->className());
        }
    }
    for (int i = 0; i < node->childCount(); ++i) walk(node->child(i), seen, depth + 1);
}

/// Items that take Tab but are not in the accessible tree at all would be missed by walking it alone.
void collectTabStops(const QQuickItem* item, QStringList& unnamed) {
    if (!item->isVisible() || !item->isEnabled()) return;
    if (item->activeFocusOnTab() && QByteArray(item->metaObject()->className()) != "QQuickRootItem") {
        QAccessibleInterface* node = QAccessible::queryAccessibleInterface(const_cast<QQuickItem*>(item));
        if (node == nullptr || node->text(QAccessible::Name).isEmpty()) {
            unnamed += QString::fromLatin1(item->metaObject()->className());
        }
    }
    for (const QQuickItem* child : item->childItems()) collectTabStops(child, unnamed);
}

}  // namespace

class TestAccessibility : public QObject {
    Q_OBJECT

    std::optional<Warnings> m_warnings;

 private slots:
    void initTestCase() {
        QGuiApplicationPrivate::platformIntegration()->accessibility()->setActive(true);
        QVERIFY(QAccessible::isActive());
    }
    void init() {
        Warnings::clear();
        m_warnings.emplace();
    }
    void cleanup() {
        m_warnings.reset();
        QCOMPARE(Warnings::all(), QStringList());
    }

    void everyTabStopHasAName_data() {
        QTest::addColumn<int>("page");
        QTest::addColumn<int>("width");
        for (const int width : {1280, 420}) {
            QTest::addRow("chat at %d", width) << -1 << width;
            QTest::addRow("appearance at %d", width) << int(SettingsViewModel::AppearancePage) << width;
            QTest::addRow("answers at %d", width) << int(SettingsViewModel::Answers) << width;
            QTest::addRow("engine at %d", width) << int(SettingsViewModel::Engine) << width;
            QTest::addRow("about at %d", width) << int(SettingsViewModel::About) << width;
        }
    }
    void everyTabStopHasAName() {
        QFETCH(int, page);
        QFETCH(int, width);
        Lares lares;
        QVERIFY(lares.ready);
        lares.view()->resize(width, 800);
        QVERIFY(lares.openChat(QStringLiteral("Heat pump log, fault limits")));
        if (page >= 0) {
            lares.key(Qt::Key_Comma, Qt::ControlModifier);
            lares.view()->setProperty("settingsPage", page);
        }
        QTest::qWait(100);
        Seen seen;
        walk(QAccessible::queryAccessibleInterface(lares.view()), seen, 0);
        QVERIFY2(seen.focusable >= 3, "hardly anything can be reached: the accessible tree is empty");
        QCOMPARE(seen.nameless, QStringList());
        QStringList unnamed;
        collectTabStops(lares.view()->contentItem(), unnamed);
        QCOMPARE(unnamed, QStringList());
    }

    void buttonsCanBePressed() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.window.settings().setAppearance(SettingsViewModel::Light);
        lares.key(Qt::Key_Comma, Qt::ControlModifier);
        QTest::qWait(50);
        QQuickItem* segments = lares.shown("Segments");
        QVERIFY(segments != nullptr);
        QAccessibleInterface* group = QAccessible::queryAccessibleInterface(segments);
        QVERIFY(group != nullptr);
        QVERIFY(group->text(QAccessible::Name).contains(QStringLiteral("Theme")));
        QCOMPARE(group->childCount(), 3);
        QAccessibleInterface* dark = group->child(2);
        QVERIFY(dark->text(QAccessible::Name).contains(QStringLiteral("Dark")));
        QVERIFY(dark->actionInterface() != nullptr);
        dark->actionInterface()->doAction(QAccessibleActionInterface::toggleAction());
        QTRY_COMPARE(lares.window.settings().appearance(), SettingsViewModel::Dark);
    }
};

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
