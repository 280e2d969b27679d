// `lares-engine devices`: every device with the verdict on it.
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/engine.h"

namespace lares::cli {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const inference::DeviceReport& report) {
    Json json = {
        {"id", report.id},           {"name", report.name},
        {"kind", report.kind},       {"driver", report.driver},
        {"usable", report.usable},   {"chosen", report.chosen},
        {"verdict", report.verdict}, {"memory_total_bytes", report.memoryTotalBytes},
    };
    json["memory_free_bytes"] = report.memoryFreeBytes ? Json(*report.memoryFreeBytes) : Json(nullptr);
    json["features"] = report.features;
    return json;
}

int run(Arguments& arguments) {
    arguments.finish();
    Json list = Json::array();
    for (const auto& report : inference::makeEngine({})->devices()) list.push_back(toJson(report));
    printJson({{"devices", list}});
    return 0;
}

}  // namespace

const Verb kDevicesVerb = {"devices", "devices", "the devices of this machine, and why each is or is not used", &run};

}  // namespace lares::cli
