// Which model a command uses, and what it tells while the model is loaded.
#pragma once

#include "app/services/models/model_service.h"

#include <functional>
#include <optional>
#include <string>

namespace lares::app {
class SettingsService;
}  // namespace lares::app

namespace lares::cli {

/// `wanted` is a file, or the name of a known model; without it the one last used is meant. Waits for the store. Throws
/// inference::Error badRequest with a sentence that says what to do when there is none.
QString chooseModel(app::ModelService& models, const app::SettingsService& settings,
                    const std::optional<std::string>& wanted);

/// The known models after `ask`, which leads to ModelService's modelsChanged() or failed(). Waits for that; throws
/// inference::Error badRequest with the sentence of a failure.
QList<app::ModelItem> modelsAfter(app::ModelService& models, const std::function<void()>& ask);

/// Standard error shows how far the loading is: one line that is written over on a terminal, else one line at all.
class LoadingLine {
 public:
    explicit LoadingLine(const QString& modelName);
    ~LoadingLine();  ///< takes the line away again
    LoadingLine(const LoadingLine&) = delete;
    LoadingLine& operator=(const LoadingLine&) = delete;

    void show(double part);  ///< 0 to 1

 private:
    QString m_name;
    bool m_terminal;
    int m_percent = -1;
};

/// "On llvmpipe (...)." and, where a processor plays a graphics card, what that means.
QString deviceSentence(const app::DeviceItem& device);

}  // namespace lares::cli
