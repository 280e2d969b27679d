// Models: loading with progress, stopping it, what a change of settings does, what is remembered, what a lost device
// means.
#include "app/services/models/model_service.h"
#include "app/services/settings/settings_service.h"
#include "tests/app/service_fixture.h"

using namespace lares::app;
using lares::test::ServiceFixture;

class TestModelService : public QObject {
    Q_OBJECT

 private slots:
    void loadsWithProgress() {
        ServiceFixture f;
        QSignalSpy progress(&f.models(), &ModelService::progressChanged);
        f.script->holdLoading = true;
        f.models().select(f.modelFile(QStringLiteral("Tiny")));
        QCOMPARE(f.models().state(), ModelState::loading);
        QTRY_COMPARE(f.models().progress(), 0.42);
        QCOMPARE(f.models().current().name, QStringLiteral("Tiny"));
        QCOMPARE(f.models().contextLength(), 0);
        f.script->holdLoading = false;
        QTRY_COMPARE(f.models().state(), ModelState::ready);
        QCOMPARE(f.models().contextLength(), 4096);
        QVERIFY(f.models().isOnProcessor());
        QVERIFY(progress.count() <= 200);
    }

    void aSecondChoiceTakesTheFirstOnesPlace() {
        ServiceFixture f;
        f.script->holdLoading = true;
        f.models().select(f.modelFile(QStringLiteral("First")));
        QTRY_COMPARE(f.models().progress(), 0.42);
        f.models().select(f.modelFile(QStringLiteral("Second")));
        f.script->holdLoading = false;
        QTRY_COMPARE(f.models().state(), ModelState::ready);
        QCOMPARE(f.models().current().name, QStringLiteral("Second"));
        QTRY_COMPARE(f.models().models().size(), 1);
    }

    void cancelledAndUnloaded() {
        ServiceFixture f;
        f.script->holdLoading = true;
        f.models().select(f.modelFile(QStringLiteral("Tiny")));
        QTRY_COMPARE(f.models().progress(), 0.42);
        f.models().cancelLoading();
        QTRY_COMPARE(f.models().state(), ModelState::none);
        QVERIFY(f.models().current().path.isEmpty());
        f.script->holdLoading = false;
        QVERIFY(f.loadModel());
        f.models().unload();
        QCOMPARE(f.models().state(), ModelState::none);
        QCOMPARE(f.models().contextLength(), 0);
    }

    void failingIsASentence() {
        ServiceFixture f;
        f.models().select(f.modelFile(QStringLiteral("broken")));
        QTRY_COMPARE(f.models().state(), ModelState::failed);
        QCOMPARE(f.models().failure(), QStringLiteral("This file is no model."));
        QVERIFY(f.loadModel());
        QCOMPARE(f.models().failure(), QString());
    }

    void rememberedAcrossRestarts() {
        ServiceFixture f;
        QVERIFY(f.loadModel());
        f.restart();
        f.models().selectLastUsed();
        QTRY_COMPARE(f.models().state(), ModelState::ready);
        QCOMPARE(f.models().current().name, QStringLiteral("Tiny"));
        QTRY_COMPARE(f.models().models().size(), 1);
        f.models().removeFile(f.models().current().path);
        QTRY_COMPARE(f.models().models().size(), 0);
        QVERIFY(QFile::exists(f.models().current().path));
    }

    void settingsTakeHoldAtOnce() {
        ServiceFixture f;
        QVERIFY(f.loadModel());
        QCOMPARE(f.devices, std::vector<std::string>{"auto"});
        QSignalSpy states(&f.models(), &ModelService::stateChanged);
        QVERIFY(f.settings().setValue(setting::kDevice, QStringLiteral("vulkan:1")));
        QTRY_COMPARE(states.count(), 2);  // loading, ready
        QCOMPARE(f.models().state(), ModelState::ready);
        QCOMPARE(f.devices, (std::vector<std::string>{"auto", "vulkan:1"}));
        QVERIFY(f.settings().setValue(setting::kContextLength, 2048));
        QTRY_COMPARE(states.count(), 4);
        QCOMPARE(f.devices.size(), std::size_t{2});
        QCOMPARE(f.models().loadRequest(QStringLiteral("/m")).contextLength, 2048u);
        QVERIFY(f.settings().setValue(setting::kTemperature, 1.0));
        QTest::qWait(50);
        QCOMPARE(states.count(), 4);
    }

    void aLostModelIsNoticed() {
        ServiceFixture f;
        QVERIFY(f.loadModel());
        f.models().verify();
        QTest::qWait(50);
        QCOMPARE(f.models().state(), ModelState::ready);
        f.script->loseModel = true;
        f.chats().submit(0, QStringLiteral("Hi"));
        QTRY_COMPARE(f.models().state(), ModelState::failed);
        QVERIFY(f.models().failure().contains(QStringLiteral("Choose it again")));
    }
};

QTEST_GUILESS_MAIN(TestModelService)
#include "tst_model_service.moc"
