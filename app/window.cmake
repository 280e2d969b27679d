# The window, and the two programs that show it: lares and lares-offline. Included by app/CMakeLists.txt where qml is built.
add_library(lares_window STATIC window.cpp window.h local_network.cpp local_network.h)
target_link_libraries(lares_window PUBLIC lares_composition lares_ui
                                   PRIVATE lares_qmlplugin lares_styleplugin lares_uiplugin Qt6::Quick Qt6::DBus Qt6::Network)

add_executable(lares main.cpp cli/arguments.cpp cli/ask.cpp cli/chat.cpp cli/chats.cpp cli/interrupt.cpp cli/model_choice.cpp cli/models.cpp
                     cli/models_download.cpp cli/network_log.cpp cli/terminal_input.cpp)
set_target_properties(lares PROPERTIES AUTOMOC ON)
target_compile_definitions(lares PRIVATE LARES_VERSION="${PROJECT_VERSION}")
target_link_libraries(lares PRIVATE lares_window lares_qmlplugin Qt6::Quick)

add_library(lares_offline STATIC offline/offline.cpp offline/offline.h offline/samples.cpp offline/samples.h
                                 offline/scripted_engine.cpp offline/scripted_engine.h)
target_link_libraries(lares_offline PUBLIC lares_composition)

add_executable(lares-offline offline_main.cpp offline/screenshots.cpp offline/screenshots.h)
target_link_libraries(lares-offline PRIVATE lares_window lares_offline lares_qmlplugin Qt6::Quick Qt6::Test)
