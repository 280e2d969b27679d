// The tokens: text is readable on every ground it stands on, in light and in dark.
#include <QColor>
#include <QGuiApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QTest>

#include <cmath>

namespace {

double channel(float value) {
    return value <= 0.04045f ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

/// WCAG 2.2, relative luminance and contrast ratio.
double luminance(const QColor& color) {
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) + 0.0722 * channel(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace

class TestStyle : public QObject {
    Q_OBJECT

    QQmlEngine m_engine;
    QScopedPointer<QObject> m_holder;
    QObject* m_theme = nullptr;

 private slots:
    void initTestCase() {
        m_engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
        QQmlComponent component(&m_engine);
        component.setData("import QtQml\nimport Lares.Style\nQtObject { property QtObject theme: Theme }", {});
        m_holder.reset(component.create());
        QVERIFY2(m_holder != nullptr, qPrintable(component.errorString()));
        m_theme = m_holder->property("theme").value<QObject*>();
        QVERIFY(m_theme != nullptr);
    }

    void contrasts_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QString>("ink");
        QTest::addColumn<QString>("ground");
        QTest::addColumn<double>("least");
        const struct {
            const char *ink, *ground;
            double least;
        } pairs[] = {
            {"text", "page", 4.5},
            {"text", "pane", 4.5},
            {"text", "raised", 4.5},
            {"text", "sunken", 4.5},
            {"text2", "page", 4.5},
            {"text2", "pane", 4.5},
            {"text2", "rail", 4.5},
            {"text2", "sunken", 4.5},
            {"text2", "raised", 4.5},
            {"text", "tint", 4.5},
            {"tintText", "tint", 4.5},
            {"tintText", "tintHover", 4.5},
            {"accentText", "accent", 4.5},
            {"accentText", "accentHover", 4.5},
            {"accentText", "accentPressed", 4.5},
            {"red", "page", 4.5},
            {"red", "redTint", 4.5},
            {"redFillText", "redFill", 4.5},
            {"amber", "page", 4.5},
            {"amber", "amberTint", 4.5},
            {"text", "redTint", 4.5},
            {"text", "amberTint", 4.5},
            {"toastText", "toast", 4.5},
            {"toastAction", "toast", 4.5},
            {"text", "soft", 4.5},
            {"control", "page", 3.0},
            {"control", "pane", 3.0},
            {"accent", "page", 3.0},
            {"accent", "pane", 3.0},
            {"control", "raised", 3.0},
        };
        for (const bool dark : {false, true}) {
            for (const auto& pair : pairs) {
                QTest::addRow("%s on %s, %s", pair.ink, pair.ground, dark ? "dark" : "light")
                    << dark << QString::fromLatin1(pair.ink) << QString::fromLatin1(pair.ground) << pair.least;
            }
        }
    }
    void contrasts() {
        QFETCH(bool, dark);
        QFETCH(QString, ink);
        QFETCH(QString, ground);
        QFETCH(double, least);
        m_theme->setProperty("dark", dark);
        const QVariant a = m_theme->property(qPrintable(ink)), b = m_theme->property(qPrintable(ground));
        QVERIFY(a.isValid() && b.isValid());
        const double ratio = contrast(a.value<QColor>(), b.value<QColor>());
        QVERIFY2(ratio >= least, qPrintable(QStringLiteral("%1:1").arg(ratio, 0, 'f', 2)));
    }

    void noMotionMeansNoTime() {
        m_theme->setProperty("reducedMotion", false);
        QVERIFY(m_theme->property("quick").toInt() > 0);
        QVERIFY(m_theme->property("steady").toInt() <= 180);
        m_theme->setProperty("reducedMotion", true);
        QCOMPARE(m_theme->property("quick").toInt(), 0);
        QCOMPARE(m_theme->property("steady").toInt(), 0);
    }
};

QTEST_MAIN(TestStyle)
#include "tst_style.moc"
