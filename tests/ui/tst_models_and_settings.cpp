// The model picker and the settings page over the real services.
#include "app/services/settings/settings_service.h"
#include "tests/ui/view_model_fixture.h"
#include "ui/models/model_picker_view_model.h"
#include "ui/settings/device_list_model.h"
#include "ui/settings/settings_view_model.h"

#include <QAbstractItemModelTester>
#include <QSet>
#include <QSignalSpy>

using namespace lares;
using namespace lares::ui;
using Picker = ModelPickerViewModel;
using View = SettingsViewModel;

class ModelsAndSettingsTest : public QObject {
    Q_OBJECT

 private slots:
    void loadingAModel();
    void loadingCanBeStopped();
    void brokenFilesAreSaid();
    void knownModelsAreRows();
    void everySettingHasARow();
    void valuesAreChangedAndReset();
    void valuesAreClamped();
    void choicesAreIndices();
    void appearanceAndMotion();
    void devicesAreChoices();

 private:
    static int rowOf(const View& view, const QString& key) {
        for (int row = 0; row < view.rowCount(); ++row) {
            if (view.index(row).data(View::KeyRole) == key) return row;
        }
        return -1;
    }
    static QVariant value(const View& view, const QString& key) {
        return view.index(rowOf(view, key)).data(View::ValueRole);
    }
};

void ModelsAndSettingsTest::loadingAModel() {
    ViewModelFixture f;
    Picker picker(f.composition.models());
    QAbstractItemModelTester tester(&picker);
    QCOMPARE(picker.state(), Picker::NoModel);
    const QString nothing = picker.currentName();
    f.script->holdLoading = true;
    picker.openFile(QUrl::fromLocalFile(f.modelFile(QStringLiteral("Tiny"))));
    QTRY_COMPARE(picker.percent(), 42);
    QCOMPARE(picker.state(), Picker::Loading);
    QVERIFY(picker.stateText().contains(QStringLiteral("42")));
    f.script->holdLoading = false;
    QTRY_COMPARE(picker.state(), Picker::Ready);
    QCOMPARE(picker.currentName(), QStringLiteral("Tiny"));
    QTRY_COMPARE(picker.deviceText(), QStringLiteral("llvmpipe (software)"));
    QCOMPARE(picker.onProcessor(), true);
    picker.unload();
    QTRY_COMPARE(picker.state(), Picker::NoModel);
    QCOMPARE(picker.currentName(), nothing);
}

void ModelsAndSettingsTest::loadingCanBeStopped() {
    ViewModelFixture f;
    Picker picker(f.composition.models());
    f.script->holdLoading = true;
    picker.openFile(QUrl::fromLocalFile(f.modelFile(QStringLiteral("Tiny"))));
    QTRY_COMPARE(picker.percent(), 42);
    picker.unload();
    QTRY_COMPARE(picker.state(), Picker::NoModel);
}

void ModelsAndSettingsTest::brokenFilesAreSaid() {
    ViewModelFixture f;
    Picker picker(f.composition.models());
    picker.openFile(QUrl::fromLocalFile(f.modelFile(QStringLiteral("broken"))));
    QTRY_COMPARE(picker.state(), Picker::Failed);
    QCOMPARE(picker.stateText(), QStringLiteral("This file is no model."));
    picker.openFile(QUrl(QStringLiteral("https://a.example/model.gguf")));
    QVERIFY(!picker.errorText().isEmpty());
    picker.dismissError();
    QCOMPARE(picker.errorText(), QString());
}

void ModelsAndSettingsTest::knownModelsAreRows() {
    ViewModelFixture f;
    Picker picker(f.composition.models());
    QAbstractItemModelTester tester(&picker);
    const QString path = f.modelFile(QStringLiteral("Tiny"));
    picker.select(path);
    QTRY_COMPARE(picker.count(), 1);
    const QModelIndex row = picker.index(0);
    QTRY_COMPARE(row.data(Picker::CurrentRole).toBool(), true);
    QCOMPARE(row.data(Picker::NameRole).toString(), QStringLiteral("Tiny"));
    QCOMPARE(row.data(Picker::PathRole).toString(), path);
    QCOMPARE(row.data(Picker::QuantisationRole).toString(), QStringLiteral("Q4_0"));
    QCOMPARE(row.data(Picker::SizeTextRole).toString(), QStringLiteral("4.1 GB"));
    QCOMPARE(row.data(Picker::DetailRole).toString(), QStringLiteral("llama, Q4_0, 4.1 GB"));
    QCOMPARE(row.data(Picker::MissingRole).toBool(), false);
    QTRY_COMPARE(picker.state(), Picker::Ready);
    QVERIFY(QFile::remove(path));
    f.composition.models().listModels();
    QTRY_COMPARE(row.data(Picker::MissingRole).toBool(), true);
    picker.forget(path);
    QTRY_COMPARE(picker.count(), 0);
}

void ModelsAndSettingsTest::everySettingHasARow() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    QAbstractItemModelTester tester(&view);
    QTRY_VERIFY(view.devices()->rowCount() > 0);  // they are choices too
    QSet<QString> shown;
    for (int row = 0; row < view.rowCount(); ++row) {
        const QModelIndex index = view.index(row);
        const QString key = index.data(View::KeyRole).toString();
        QVERIFY2(!shown.contains(key), qPrintable(key));
        shown += key;
        QVERIFY2(!index.data(View::NameRole).toString().isEmpty() && !index.data(View::EffectRole).toString().isEmpty(),
                 qPrintable(key));
        QVERIFY2(index.data(View::ValueRole).isValid(), qPrintable(key));
        const auto editor = index.data(View::EditorRole).value<View::Editor>();
        if (editor == View::Choice) QVERIFY2(index.data(View::ChoicesRole).toStringList().size() > 1, qPrintable(key));
        if (editor == View::Number || editor == View::Decimal) {
            QVERIFY2(index.data(View::MinimumRole).toDouble() < index.data(View::MaximumRole).toDouble(),
                     qPrintable(key));
        }
        QCOMPARE(index.data(View::ChangedRole).toBool(), false);
    }
    for (const app::SettingSpec& spec : app::settingSpecs()) {
        if (spec.key == app::setting::kLastModel) continue;  // kept, not set by hand
        QVERIFY2(shown.contains(spec.key), qPrintable(spec.key));
    }
    QVERIFY(view.licences().contains(QStringLiteral("MIT")));
}

void ModelsAndSettingsTest::valuesAreChangedAndReset() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    const QString key = app::setting::kTemperature;
    const QVariant standard = value(view, key);
    QSignalSpy changed(&view, &View::dataChanged);
    view.setValue(key, 1.25);
    QCOMPARE(value(view, key).toDouble(), 1.25);
    QCOMPARE(f.composition.settings().value(key).toDouble(), 1.25);
    QCOMPARE(view.index(rowOf(view, key)).data(View::ChangedRole).toBool(), true);
    QVERIFY(changed.count() > 0);
    view.reset(key);
    QCOMPARE(value(view, key), standard);
    view.setValue(key, 1.25);
    view.setValue(app::setting::kSystemPrompt, QStringLiteral("Be brief."));
    view.setValue(app::setting::kTheme, 2);
    view.resetPage(View::Answers);
    QCOMPARE(value(view, key), standard);
    QCOMPARE(value(view, app::setting::kSystemPrompt).toString(), QString());
    QCOMPARE(value(view, app::setting::kTheme).toInt(), 2);
    view.setValue(QStringLiteral("no.such.key"), 1);
    view.reset(QStringLiteral("no.such.key"));
}

void ModelsAndSettingsTest::valuesAreClamped() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    const QModelIndex row = view.index(rowOf(view, app::setting::kTemperature));
    view.setValue(app::setting::kTemperature, 99);
    QCOMPARE(row.data(View::ValueRole).toDouble(), row.data(View::MaximumRole).toDouble());
    view.setValue(app::setting::kTemperature, -99);
    QCOMPARE(row.data(View::ValueRole).toDouble(), row.data(View::MinimumRole).toDouble());
}

void ModelsAndSettingsTest::choicesAreIndices() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    view.setValue(app::setting::kTheme, 1);
    QCOMPARE(f.composition.settings().value(app::setting::kTheme).toString(), QStringLiteral("light"));
    QSignalSpy changed(&view, &View::dataChanged);
    view.setValue(app::setting::kTheme, 17);  // refused: the row is told to show what holds
    QCOMPARE(value(view, app::setting::kTheme).toInt(), 1);
    QCOMPARE(changed.count(), 1);
}

void ModelsAndSettingsTest::appearanceAndMotion() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    QSignalSpy appearance(&view, &View::appearanceChanged), motion(&view, &View::motionChanged);
    QCOMPARE(view.appearance(), View::System);
    view.setAppearance(View::Dark);
    QCOMPARE(view.appearance(), View::Dark);
    QCOMPARE(appearance.count(), 1);
    QCOMPARE(view.motion(), View::SystemMotion);
    f.composition.settings().setValue(app::setting::kReducedMotion, QStringLiteral("on"));
    QCOMPARE(view.motion(), View::ReducedMotion);
    f.composition.settings().setValue(app::setting::kReducedMotion, QStringLiteral("off"));
    QCOMPARE(view.motion(), View::FullMotion);
    QCOMPARE(motion.count(), 2);
}

void ModelsAndSettingsTest::devicesAreChoices() {
    ViewModelFixture f;
    View view(f.composition.settings(), f.composition.models());
    const QModelIndex row = view.index(rowOf(view, app::setting::kDevice));
    QCOMPARE(row.data(View::ChoicesRole).toStringList().size(), 1);  // automatic, before anybody has looked
    QAbstractItemModelTester tester(view.devices());
    QTRY_COMPARE(view.devices()->rowCount(), 2);
    const QModelIndex software = view.devices()->index(0, 0), old = view.devices()->index(1, 0);
    QCOMPARE(software.data(DeviceListModel::UsableRole).toBool(), true);
    QCOMPARE(old.data(DeviceListModel::VerdictRole).toString(), QStringLiteral("Too old."));
    QVERIFY(software.data(DeviceListModel::DetailRole).toString().contains(QStringLiteral("8.0 GB")));
    QCOMPARE(row.data(View::ChoicesRole).toStringList().size(), 2);  // automatic and the usable one
    view.setValue(app::setting::kDevice, 1);
    QCOMPARE(f.composition.settings().value(app::setting::kDevice).toString(), QStringLiteral("vulkan:0"));
    QCOMPARE(row.data(View::ValueRole).toInt(), 1);
    f.composition.settings().setValue(app::setting::kDevice, QStringLiteral("vulkan:7"));  // set elsewhere, not here
    QCOMPARE(row.data(View::ChoicesRole).toStringList().size(), 3);
    QCOMPARE(row.data(View::ValueRole).toInt(), 2);
}

QTEST_MAIN(ModelsAndSettingsTest)
#include "tst_models_and_settings.moc"
