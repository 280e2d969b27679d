#include "app/services/models/hub/hub_client.h"

#include "app/services/models/hub/hub_address.h"
#include "app/services/net/network_gate.h"

#include <memory>

namespace lares::app {

namespace {

constexpr qint64 kLongestAnswer = 32 << 20;  // a list of 1000 files is a third of a megabyte
constexpr int kMostPages = 50;

}  // namespace

void HubClient::fetch(const QUrl& url, const QString& reason, const QString& repository, const HubCallback& failed,
                      const Fetched& fetched) {
    GateRequest request;
    request.url = url;
    request.reason = reason;
    GateAnswer* const answer = m_gate.get(request, this);
    const auto body = std::make_shared<QByteArray>();
    const auto tell = [failed](const QString& sentence, bool offline = false) {
        HubAnswer nothing;
        nothing.failure = sentence;
        nothing.isOffline = offline;
        failed(nothing);
    };
    connect(answer, &GateAnswer::readyRead, this, [this, answer, body, tell] {
        *body += answer->read(kLongestAnswer + 1 - body->size());
        if (body->size() <= kLongestAnswer) return;
        answer->close();
        answer->disconnect(this);
        answer->deleteLater();
        tell(tr("The hub's answer has no end, so it was not read."));
    });
    connect(answer, &GateAnswer::finished, this, [answer, body, repository, tell, fetched] {
        answer->deleteLater();
        *body += answer->read(kLongestAnswer - body->size());
        if (answer->end() != GateEnd::complete) return tell(answer->sentence(), answer->end() == GateEnd::offline);
        const HubReply reply = hubReply(*answer, repository);
        if (reply.verdict == HubVerdict::busy) return tell(tr("%1 Try again in a moment.").arg(reply.sentence));
        if (reply.verdict == HubVerdict::denied) return tell(reply.sentence);
        fetched(*body, nextPage(answer->header("Link")));
    });
}

void HubClient::search(const QString& words, int limit, const HubCallback& done) {
    QUrl url = apiAddress(m_gate.policy().hub, QString());
    url.setQuery(QStringLiteral("filter=gguf&sort=downloads&direction=-1&limit=%1&search=%2&expand[]=downloads&"
                                "expand[]=likes&expand[]=tags&expand[]=gated&expand[]=lastModified&expand[]=sha")
                     .arg(limit)
                     .arg(QString::fromLatin1(QUrl::toPercentEncoding(words))));
    fetch(url, tr("search for models"), QString(), done, [done](const QByteArray& json, const QUrl&) {
        HubAnswer answer;
        const auto models = parseModels(json);
        if (models) {
            answer.models = *models;
        } else {
            answer.failure = tr("The hub's answer could not be read.");
        }
        done(answer);
    });
}

void HubClient::files(const QString& repository, const QString& revision, const HubCallback& done) {
    if (!isRepositoryName(repository)) {
        HubAnswer answer;
        answer.failure = tr("%1 is no name of a model on the hub; they look like owner/name.").arg(repository);
        return done(answer);
    }
    const QUrl url = apiAddress(m_gate.policy().hub, QLatin1Char('/') + repository + QStringLiteral("/revision/") +
                                                         QString::fromLatin1(QUrl::toPercentEncoding(revision)));
    fetch(url, tr("details of %1").arg(repository), repository, done,
          [this, done](const QByteArray& json, const QUrl&) {
              HubAnswer answer;
              const auto model = parseModel(json);
              if (!model || model->commit.isEmpty()) {
                  answer.failure = tr("The hub's answer could not be read.");
                  return done(answer);
              }
              answer.model = *model;
              QUrl tree = apiAddress(m_gate.policy().hub,
                                     QLatin1Char('/') + model->repository + QStringLiteral("/tree/") + model->commit);
              tree.setQuery(QStringLiteral("recursive=true"));
              treePage(tree, answer, 0, done);
          });
}

void HubClient::treePage(const QUrl& url, HubAnswer answer, int page, const HubCallback& done) {
    const QString repository = answer.model.repository;
    const auto take = [this, answer = std::move(answer), page, done](const QByteArray& json, const QUrl& next) mutable {
        const auto files = parseTree(json);
        if (!files) {
            answer.failure = tr("The hub's answer could not be read.");
            return done(answer);
        }
        answer.files += *files;
        if (!next.isValid() || page + 1 >= kMostPages) return done(answer);
        const Redirect redirect =
            redirectFrom(m_gate.policy().hub, next.toEncoded(), m_gate.policy());  // a mirror names the hub
        if (!redirect.target.isValid()) {
            answer.failure = redirect.refusal;
            return done(answer);
        }
        treePage(redirect.target, answer, page + 1, done);
    };
    fetch(url, tr("files of %1").arg(repository), repository, done, take);
}

}  // namespace lares::app
