#include "app/services/settings/settings_service.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace lares::app {

namespace {

SettingSpec choice(const QString& key, const QStringList& choices) {
    return {key, SettingType::choice, choices.first(), 0, 0, choices, {}};
}
SettingSpec text(const QString& key, const QString& standard = QString(), const QString& pattern = {}) {
    return {key, SettingType::text, standard, 0, 0, {}, pattern};
}
SettingSpec integer(const QString& key, int standard, int minimum, int maximum) {
    return {key, SettingType::integer, standard, double(minimum), double(maximum), {}, {}};
}
SettingSpec number(const QString& key, double standard, double minimum, double maximum) {
    return {key, SettingType::number, standard, minimum, maximum, {}, {}};
}

/// The value as its spec's type, or an invalid QVariant when it does not fit.
QVariant checked(const SettingSpec& spec, const QVariant& value) {
    switch (spec.type) {
        case SettingType::choice:
            return spec.choices.contains(value.toString()) ? QVariant(value.toString()) : QVariant();
        case SettingType::text: {
            if (!value.canConvert<QString>() || value.isNull()) return {};
            const QString string = value.toString();
            const bool fits =
                spec.pattern.isEmpty() ||
                QRegularExpression(QRegularExpression::anchoredPattern(spec.pattern)).match(string).hasMatch();
            return fits ? QVariant(string) : QVariant();
        }
        case SettingType::integer:
        case SettingType::number: {
            bool isNumber = false;
            const double real = value.toDouble(&isNumber);
            if (!isNumber || !(real >= spec.minimum && real <= spec.maximum)) return {};
            if (spec.type == SettingType::number) return real;
            return real == std::floor(real) ? QVariant(static_cast<int>(real)) : QVariant();
        }
    }
    Q_UNREACHABLE();
}

/// JSON has no bare values at the top in Qt, so a value travels in an array of one.
std::string encoded(const QVariant& value) {
    return QJsonDocument(QJsonArray{QJsonValue::fromVariant(value)}).toJson(QJsonDocument::Compact).toStdString();
}
QVariant decoded(const std::string& json) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).array().at(0).toVariant();
}

}  // namespace

const QList<SettingSpec>& settingSpecs() {
    static const QList<SettingSpec> specs = {
        choice(setting::kReducedMotion, {QStringLiteral("system"), QStringLiteral("on"), QStringLiteral("off")}),
        choice(setting::kTheme, {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")}),
        text(setting::kSystemPrompt),
        number(setting::kTemperature, 0.7, 0, 2),
        integer(setting::kTopK, 40, 0, 1000),
        number(setting::kTopP, 0.95, 0.01, 1),
        number(setting::kMinP, 0.05, 0, 1),
        number(setting::kRepeatPenalty, 1, 1, 2),
        integer(setting::kMaxTokens, 0, 0, 1'000'000),
        integer(setting::kSeed, -1, -1, 2'147'483'647),
        choice(setting::kSuggestTitles, {QStringLiteral("on"), QStringLiteral("off")}),
        text(setting::kDevice, QStringLiteral("auto"), QStringLiteral("auto|cpu|vulkan(:[0-9]{1,2})?")),
        integer(setting::kContextLength, 0, 0, 1'048'576),
        choice(setting::kOffline, {QStringLiteral("off"), QStringLiteral("on")}),
        text(setting::kHub, QString(), QStringLiteral("(https?://[^/?#@\\s]+(/[^?#\\s]*)?)?")),
        text(setting::kProxy, QStringLiteral("system"), QStringLiteral("system|none|(http|socks5)://[^/\\s]+/?")),
        integer(setting::kDownloadLimit, 0, 0, 10'000'000),
        text(setting::kModelsFolder),
        text(setting::kLastModel),
    };
    return specs;
}

SettingsService::SettingsService(StoreThread& store, const Stored& stored, QObject* parent)
    : QObject(parent), m_store(store) {
    for (const SettingSpec& setting : settingSpecs()) m_values.insert(setting.key, setting.standard);
    for (const auto& [key, json] : stored) {
        const auto known = m_values.find(QString::fromStdString(key));
        if (known == m_values.end()) continue;
        const QVariant value = checked(spec(known.key()), decoded(json));
        if (value.isValid()) *known = value;
    }
}

QVariant SettingsService::value(const QString& key) const {
    assert(m_values.contains(key));
    return m_values.value(key);
}

const SettingSpec& SettingsService::spec(const QString& key) const {
    const auto& specs = settingSpecs();
    const auto found =
        std::find_if(specs.begin(), specs.end(), [&](const SettingSpec& candidate) { return candidate.key == key; });
    assert(found != specs.end());
    return *found;
}

bool SettingsService::setValue(const QString& key, const QVariant& value) {
    const SettingSpec& setting = spec(key);
    const QVariant fitting = checked(setting, value);
    if (!fitting.isValid()) return false;
    if (fitting == m_values.value(key)) return true;
    m_values[key] = fitting;
    // A default is not stored, so that a better one of a later version takes hold.
    const auto write =
        [name = key.toStdString(), json = fitting == setting.standard ? std::string() : encoded(fitting)](
            storage::Stores& stores) { json.empty() ? stores.settings.remove(name) : stores.settings.set(name, json); };
    m_store.ask(
        this, write, [] {}, [this](const Failure& failure) { emit failed(failure.sentence); });
    emit changed(key, fitting);
    return true;
}

void SettingsService::reset(const QString& key) {
    setValue(key, spec(key).standard);
}

bool SettingsService::isStandard(const QString& key) const {
    return value(key) == spec(key).standard;
}

}  // namespace lares::app
