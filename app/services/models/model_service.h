// Model files: the ones known (opened in place, never copied), and the one that is loaded. Lives in the GUI thread.
#pragma once

#include "app/services/threads/threads.h"

#include <memory>
#include <QList>
#include <QMetaType>
#include <QObject>
#include <QString>

namespace lares::app {

class SettingsService;

struct ModelItem {
    QString path;
    QString name;
    QString architecture;
    QString quantisation;
    qint64 sizeBytes = 0;
    qint64 parameterCount = 0;
    qint64 contextLength = 0;  ///< the model's own
    qint64 usedAtMs = 0;       ///< 0: never
    bool missing = false;      ///< the file is not where it was
    bool operator==(const ModelItem&) const = default;
};

struct DeviceItem {
    QString id;  ///< "vulkan:0" or "cpu", as setting engine.device takes it
    QString name;
    QString kind;  ///< "discrete", "integrated", "virtual", "software", "cpu"
    QString driver;
    qint64 memoryTotalBytes = 0;
    qint64 memoryFreeBytes = -1;  ///< -1: the driver does not tell
    bool usable = false;
    bool chosen = false;  ///< in use, or what would be used
    QString verdict;      ///< one sentence
};

DeviceItem toItem(const inference::DeviceReport& report);

enum class ModelState { none, loading, ready, failed };

class ModelService : public QObject {
    Q_OBJECT

 public:
    /// `device` as --device gave it; empty: the setting engine.device decides. `makeEngine` is called on the inference
    /// thread. A change of the settings engine.device and engine.contextLength loads the model again.
    ModelService(StoreThread& store, InferenceThread& inference, SettingsService& settings, EngineFactory makeEngine,
                 inference::EngineOptions options, QString device, QObject* parent = nullptr);
    ~ModelService() override;

    void listModels();                       ///< asks for modelsChanged
    const QList<ModelItem>& models() const;  ///< the rows of the last modelsChanged, last used first
    void addFile(const QString& path);     ///< reads its header, then it is known; answered by modelsChanged or failed
    void removeFile(const QString& path);  ///< forgets it; the file stays

    /// Loads the file in place of the one before, after the answer being generated; remembers it as last used and adds
    /// it to the known ones. Failing leaves state `failed` with a sentence.
    void select(const QString& path);
    void selectLastUsed();  ///< nothing happens when there is none
    void cancelLoading();
    void unload();  ///< cancels loading too
    /// Asks the engine whether it still has the model: a device that failed takes it along.
    void verify();
    void requestStop();  ///< composition's last call: cancels loading

    ModelState state() const;
    double progress() const;           ///< 0 to 1 while loading
    const QString& failure() const;    ///< the sentence of state failed
    const ModelItem& current() const;  ///< loading or ready; else an empty path
    qint64 contextLength() const;      ///< tokens the loaded model can hold here; 0 with none
    /// The device in use; empty before the first load. `isOnProcessor`: it is the processor, by itself or
    /// playing a graphics card.
    const DeviceItem& device() const;
    bool isOnProcessor() const;

    /// What an engine made aside of this service's own is asked for, by the settings of the moment.
    inference::EngineOptions engineOptions() const;
    inference::LoadRequest loadRequest(const QString& path) const;

    void refreshDevices();  ///< answered by devicesChanged
    const QList<DeviceItem>& devices() const;

 signals:
    void modelsChanged(const QList<lares::app::ModelItem>& models);
    void stateChanged(lares::app::ModelState state);
    void progressChanged(double progress);
    void devicesChanged(const QList<lares::app::DeviceItem>& devices);
    void failed(const QString& sentence);

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::app

Q_DECLARE_METATYPE(lares::app::ModelItem)
Q_DECLARE_METATYPE(lares::app::DeviceItem)
