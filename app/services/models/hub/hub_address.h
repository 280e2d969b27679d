// The hub's addresses and what its answers mean, for a person. Pure functions. The API: huggingface.co/docs/hub/api;
// the codes and their X-Error-Code: huggingface.co/docs/hub/models-gated and as seen.
#pragma once

#include <QByteArray>
#include <QString>
#include <QUrl>

namespace lares::app {

class GateAnswer;

/// "owner/name" and nothing that could lead elsewhere.
bool isRepositoryName(const QString& name);
/// A path inside a repository that stays inside the folder it is put into.
bool isSafePath(const QString& path);

/// Where a file's bytes are asked for. In the path slashes stay, all else that is special is encoded; in the revision
/// slashes are encoded too.
QUrl fileAddress(const QUrl& hub, const QString& repository, const QString& revision, const QString& path);
/// `rest` as "/tree/main?recursive=true", encoded already.
QUrl apiAddress(const QUrl& hub, const QString& rest);

enum class HubVerdict {
    fine,    ///< 2xx
    busy,    ///< ask again later
    denied,  ///< a person has to do something, or nothing can be done
};

struct HubReply {
    HubVerdict verdict = HubVerdict::fine;
    QString sentence;  ///< of busy and denied
};

/// What an answer of the hub's own host means.
HubReply hubReply(const GateAnswer& answer, const QString& repository);

}  // namespace lares::app
