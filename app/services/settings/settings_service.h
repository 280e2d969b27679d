// The settings: one table says each one's key, type, default and range; property, persistence and checking follow from
// it. Values are read at once (they are in memory) and written by the storage thread. Lives in the GUI thread.
#pragma once

#include "app/services/threads/threads.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <string>
#include <utility>
#include <vector>

namespace lares::app {

namespace setting {
inline const QString kTheme = QStringLiteral("appearance.theme");               ///< "system" "light" "dark"
inline const QString kReducedMotion = QStringLiteral("general.reducedMotion");  ///< "system" "on" "off"
inline const QString kSystemPrompt = QStringLiteral("answers.systemPrompt");    ///< text, may be empty
inline const QString kTemperature = QStringLiteral("answers.temperature");      ///< 0 to 2
inline const QString kTopK = QStringLiteral("answers.topK");                    ///< 0: off
inline const QString kTopP = QStringLiteral("answers.topP");                    ///< 1: off
inline const QString kMinP = QStringLiteral("answers.minP");                    ///< 0: off
inline const QString kRepeatPenalty = QStringLiteral("answers.repeatPenalty");  ///< 1: off
inline const QString kMaxTokens = QStringLiteral("answers.maxTokens");          ///< 0: to the end of the context
inline const QString kSuggestTitles = QStringLiteral("answers.suggestTitles");  ///< "on" "off"
inline const QString kSeed = QStringLiteral("answers.seed");                    ///< -1: another one each time
inline const QString kDevice = QStringLiteral("engine.device");                 ///< "auto" "cpu" "vulkan" "vulkan:N"
inline const QString kContextLength = QStringLiteral("engine.contextLength");   ///< tokens; 0: automatic
inline const QString kOffline = QStringLiteral("network.offline");              ///< the offline lock: "off" "on"
inline const QString kHub = QStringLiteral("network.hub");              ///< a mirror's address; empty: the hub's
inline const QString kProxy = QStringLiteral("network.proxy");          ///< "system" "none" or an address
inline const QString kDownloadLimit = QStringLiteral("network.limit");  ///< kB a second; 0: none
inline const QString kModelsFolder = QStringLiteral("models.folder");   ///< empty: in the data folder
inline const QString kLastModel = QStringLiteral("models.lastPath");    ///< empty: none yet
}  // namespace setting

enum class SettingType { choice, text, integer, number };

struct SettingSpec {
    QString key;
    SettingType type = SettingType::text;
    QVariant standard;   ///< the default; its QVariant type is that of every value: QString, int or double
    double minimum = 0;  ///< integer and number
    double maximum = 0;
    QStringList choices;  ///< choice
    QString pattern;      ///< text: the regular expression that all of it must match; empty: any text
};

/// Every setting there is, in the order of the pages.
const QList<SettingSpec>& settingSpecs();

class SettingsService : public QObject {
    Q_OBJECT

 public:
    using Stored = std::vector<std::pair<std::string, std::string>>;  ///< key, JSON

    /// `stored` is what the store holds: unknown keys are left alone, values that do not fit fall back to the default.
    SettingsService(StoreThread& store, const Stored& stored, QObject* parent = nullptr);

    /// `key` must be one of the table.
    QVariant value(const QString& key) const;
    const SettingSpec& spec(const QString& key) const;
    /// Takes hold at once and is written in the background. False, with nothing changed, when the value does not fit.
    bool setValue(const QString& key, const QVariant& value);
    void reset(const QString& key);
    bool isStandard(const QString& key) const;

 signals:
    void changed(const QString& key, const QVariant& value);
    void failed(const QString& sentence);

 private:
    StoreThread& m_store;
    QHash<QString, QVariant> m_values;
};

}  // namespace lares::app
