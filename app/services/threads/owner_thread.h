// A thread that owns one object: work comes in as functions of that object, results go back as values to the thread of
// whoever asked. First in, first out; nothing is shared, nothing blocks, and an idle thread sleeps.
// It is not a pool: order is part of the promise (a history is read after the answer before it was written).
#pragma once

#include "app/services/threads/failure.h"

#include <functional>
#include <memory>
#include <QObject>
#include <QThread>
#include <type_traits>
#include <utility>

namespace lares::app {

/// Makes the owned object, on the owning thread, at the first work that needs it. May throw; the next work tries again.
template <typename Owned>
using Maker = std::function<std::unique_ptr<Owned>()>;

using FailureHandler = std::function<void(const Failure&)>;

template <typename Owned>
class OwnerThread {
 public:
    OwnerThread(const QString& name, Maker<Owned> make) : m_make(std::move(make)) {
        m_thread.setObjectName(name);
        m_worker = new QObject;
        m_worker->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
        m_thread.start();
    }
    ~OwnerThread() { close(); }
    OwnerThread(const OwnerThread&) = delete;
    OwnerThread& operator=(const OwnerThread&) = delete;

    /// Runs work(owned) on the thread, then done(result) in receiver's thread, or failed(failure) there if work threw.
    /// Neither is called once receiver is gone. After close() the work is dropped.
    template <typename Work, typename Done>
    void ask(QObject* receiver, Work work, Done done, FailureHandler failed = {}) {
        post([this, receiver, work = std::move(work), done = std::move(done), failed = std::move(failed)]() mutable {
            try {
                if constexpr (std::is_void_v<std::invoke_result_t<Work&, Owned&>>) {
                    work(owned());
                    answer(receiver, std::move(done));
                } else {
                    answer(receiver,
                           [done = std::move(done), result = work(owned())]() mutable { done(std::move(result)); });
                }
            } catch (...) {
                if (failed) answer(receiver, [failed, failure = currentFailure()] { failed(failure); });
            }
        });
    }

    /// From now on the object is made this way; the one there was is let go first. Work already posted still gets the
    /// old.
    void replace(Maker<Owned> make) {
        post([this, make = std::move(make)]() mutable {
            m_owned.reset();
            m_make = std::move(make);
        });
    }

    /// Does what was asked so far, lets the object go on its own thread, and joins. Calling it again does nothing.
    void close() {
        if (m_closed) return;
        post([this] {
            m_owned.reset();
            m_thread.quit();
        });
        m_closed = true;
        m_thread.wait();
    }

 private:
    Owned& owned() {
        if (!m_owned) m_owned = m_make();
        return *m_owned;
    }
    template <typename Function>
    void post(Function function) {
        if (!m_closed) answer(m_worker, std::move(function));
    }
    /// Qt's functor calls want something copyable; a shared box lets move-only captures through.
    template <typename Function>
    static void answer(QObject* receiver, Function function) {
        auto box = std::make_shared<Function>(std::move(function));
        QMetaObject::invokeMethod(
            receiver, [box] { (*box)(); }, Qt::QueuedConnection);
    }

    QThread m_thread;
    QObject* m_worker = nullptr;     // lives on m_thread
    Maker<Owned> m_make;             // touched on m_thread alone once it runs
    std::unique_ptr<Owned> m_owned;  // likewise
    bool m_closed = false;
};

}  // namespace lares::app
