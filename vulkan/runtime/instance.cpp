#include "vulkan/runtime/instance.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "vulkan/runtime/instance_state.h"

namespace lares::vulkan {

namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

VKAPI_ATTR VkBool32 VKAPI_CALL forwardMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                              const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
    const auto* options = static_cast<const InstanceOptions*>(user);
    if (options->onMessage) options->onMessage(data->pMessage ? data->pMessage : "(a message without text)");
    return VK_FALSE;
}

vk::DebugUtilsMessengerCreateInfoEXT messengerInfo(InstanceOptions& options) {
    using Severity = vk::DebugUtilsMessageSeverityFlagBitsEXT;
    using Type = vk::DebugUtilsMessageTypeFlagBitsEXT;
    return {
        {}, Severity::eWarning | Severity::eError, Type::eValidation | Type::ePerformance, forwardMessage, &options};
}

void createInstance(InstanceState& state) {
    const auto& context = *state.context;
    const bool validation = state.options.validation;
    const auto layers = context.enumerateInstanceLayerProperties();
    const bool hasLayer = std::any_of(layers.begin(), layers.end(), [](const vk::LayerProperties& layer) {
        return std::strcmp(layer.layerName, kValidationLayer) == 0;
    });
    if (validation && !hasLayer) {
        throw Error(ErrorKind::validation,
                    "Validation was asked for, but the Vulkan validation layer is not installed (Debian: "
                    "vulkan-validationlayers).");
    }
    for (const auto& extension : context.enumerateInstanceExtensionProperties()) {
        if (std::strcmp(extension.extensionName, VK_EXT_DEBUG_UTILS_EXTENSION_NAME) == 0) state.debugUtils = true;
    }

    std::vector<const char*> extensions;
    if (state.debugUtils) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    std::vector<const char*> enabledLayers;
    const std::array features{vk::ValidationFeatureEnableEXT::eSynchronizationValidation};
    const vk::ValidationFeaturesEXT validationFeatures(features, {});
    const vk::ApplicationInfo application("Lares", 1, "Lares", 1, VK_API_VERSION_1_2);
    vk::InstanceCreateInfo info({}, &application);
    if (validation) {
        enabledLayers.push_back(kValidationLayer);
        info.setPNext(&validationFeatures);
    }
    info.setPEnabledExtensionNames(extensions).setPEnabledLayerNames(enabledLayers);
    state.instance.emplace(context, info);
    if (validation && state.debugUtils) state.messenger.emplace(*state.instance, messengerInfo(state.options));
}

/// Fills the list; says in whyEmpty what is missing. Only what the caller asked for explicitly (validation) throws.
void listDevices(InstanceState& state) {
    try {
        state.context.emplace();
    } catch (const std::exception&) {
        state.whyEmpty = "Vulkan is not installed: there is no loader (libvulkan.so.1; Debian: libvulkan1).";
        return;
    }
    if (state.context->enumerateInstanceVersion() < VK_API_VERSION_1_2) {
        state.whyEmpty = "The Vulkan loader is older than version 1.2; a newer graphics driver brings one.";
        return;
    }
    try {
        createInstance(state);
        state.physicalDevices = vk::raii::PhysicalDevices(*state.instance);
        for (uint32_t i = 0; i < state.physicalDevices.size(); ++i) {
            state.devices.push_back(describeDevice(*state.instance, state.physicalDevices[i], i));
        }
    } catch (const vk::SystemError& error) {
        state.devices.clear();
        state.whyEmpty = "No Vulkan driver answers (Debian: mesa-vulkan-drivers, or the driver of the card's maker): " +
                         std::string(error.what()) + ".";
        return;
    }
    if (state.devices.empty()) {
        state.whyEmpty =
            "No Vulkan driver is installed (Debian: mesa-vulkan-drivers, or the driver of the card's maker).";
    } else {
        judgeDevices(state.devices);
    }
}

}  // namespace

Instance::Instance(InstanceOptions options) : m_state(std::make_unique<InstanceState>()) {
    m_state->options = std::move(options);
    listDevices(*m_state);
}

Instance::~Instance() = default;

const std::vector<DeviceInfo>& Instance::devices() const {
    return m_state->devices;
}
const std::string& Instance::whyEmpty() const {
    return m_state->whyEmpty;
}
bool Instance::validationActive() const {
    return m_state->messenger.has_value();
}

uint32_t Instance::preferredDevice() const {
    if (devices().empty()) throw Error(ErrorKind::noDevice, "No device for computing was found. " + whyEmpty());
    if (!devices().front().preferred) {
        std::string sentences;
        for (const auto& device : devices()) sentences += (sentences.empty() ? "" : " ") + device.verdict;
        throw Error(ErrorKind::noDevice, "No device for computing can be used. " + sentences);
    }
    return devices().front().index;
}

}  // namespace lares::vulkan
