// What lives in the network thread: the gate, and what goes through it.
#pragma once

#include "app/services/models/downloads/downloads.h"
#include "app/services/models/hub/hub_client.h"
#include "app/services/net/network_gate.h"
#include "app/services/threads/owner_thread.h"

namespace lares::app {

struct NetworkOptions {
    NetworkGate::Options gate;
    DownloadOptions downloads;
};

struct Network {
    Network(const NetworkPolicy& policy, NetworkGate::Log log, const NetworkOptions& options, DownloadSinks sinks)
        : gate(policy, std::move(log), options.gate), downloads(gate, options.downloads, std::move(sinks)) {}

    NetworkGate gate;
    HubClient hub{gate};
    Downloads downloads;
};

using NetworkThread = OwnerThread<Network>;

}  // namespace lares::app
