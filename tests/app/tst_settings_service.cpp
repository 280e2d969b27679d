// Settings: the table, what fits, what is kept.
#include "app/services/settings/settings_service.h"
#include "tests/app/service_fixture.h"

using namespace lares::app;
using lares::test::ServiceFixture;

class TestSettingsService : public QObject {
    Q_OBJECT

 private slots:
    void everyDefaultFits() {
        ServiceFixture f;
        for (const SettingSpec& spec : settingSpecs()) {
            QVERIFY2(f.settings().isStandard(spec.key), qPrintable(spec.key));
            QVERIFY2(f.settings().setValue(spec.key, spec.standard), qPrintable(spec.key));
        }
    }

    void keptAcrossRestarts() {
        ServiceFixture f;
        QVERIFY(f.settings().setValue(setting::kTemperature, 1.25));
        QVERIFY(f.settings().setValue(setting::kSystemPrompt, QStringLiteral("Be \"brief\".\n")));
        QVERIFY(f.settings().setValue(setting::kTopK, 12));
        f.restart();
        QCOMPARE(f.settings().value(setting::kTemperature).toDouble(), 1.25);
        QCOMPARE(f.settings().value(setting::kSystemPrompt).toString(), QStringLiteral("Be \"brief\".\n"));
        f.settings().reset(setting::kTopK);
        f.restart();
        QVERIFY(f.settings().isStandard(setting::kTopK));
        for (const auto& [key, json] : f.store().settings.all()) QVERIFY(key != setting::kTopK.toStdString());
    }

    void whatDoesNotFitIsRefused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("value");
        QTest::newRow("too hot") << setting::kTemperature << QVariant(2.5);
        QTest::newRow("not a number") << setting::kTemperature << QVariant(std::nan(""));
        QTest::newRow("half") << setting::kTopK << QVariant(1.5);
        QTest::newRow("no such choice") << setting::kTheme << QVariant(QStringLiteral("pink"));
        QTest::newRow("no device") << setting::kDevice << QVariant(QStringLiteral("vulkan:x"));
        QTest::newRow("nothing") << setting::kSystemPrompt << QVariant();
    }
    void whatDoesNotFitIsRefused() {
        QFETCH(QString, key);
        QFETCH(QVariant, value);
        ServiceFixture f;
        QSignalSpy changed(&f.settings(), &SettingsService::changed);
        QVERIFY(!f.settings().setValue(key, value));
        QVERIFY(f.settings().isStandard(key));
        QCOMPARE(changed.count(), 0);
    }

    void aSpoiltStoreFallsBack() {
        ServiceFixture f;
        f.composition.reset();
        {
            auto stores = f.store();
            stores.settings.set(setting::kTopK.toStdString(), "[\"many\"]");
            stores.settings.set(setting::kTheme.toStdString(), "{broken");
            stores.settings.set("of.a.later.version", "[1]");
        }
        f.open();
        QVERIFY(f.settings().isStandard(setting::kTopK));
        QVERIFY(f.settings().isStandard(setting::kTheme));
        bool kept = false;
        for (const auto& [key, json] : f.store().settings.all()) kept = kept || key == "of.a.later.version";
        QVERIFY(kept);
    }
};

QTEST_GUILESS_MAIN(TestSettingsService)
#include "tst_settings_service.moc"
