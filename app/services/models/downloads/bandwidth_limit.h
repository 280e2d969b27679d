// How much may be read now, so that all downloads together stay below a rate: a bucket that fills by the clock and
// holds a quarter of a second's worth. Network thread.
#pragma once

#include <algorithm>
#include <limits>
#include <QElapsedTimer>

namespace lares::app {

class BandwidthLimit {
 public:
    BandwidthLimit() { m_clock.start(); }

    void setRate(qint64 bytesPerSecond) { m_rate = bytesPerSecond; }  ///< 0: none

    qint64 allowedBytes() {
        if (m_rate == 0) return std::numeric_limits<qint64>::max();
        const qint64 full = std::max<qint64>(m_rate / 4, 1);
        m_level = std::min(full, m_level + m_rate * m_clock.restart() / 1000);
        return m_level;
    }
    void spend(qint64 bytes) {
        if (m_rate > 0) m_level -= bytes;
    }

 private:
    QElapsedTimer m_clock;
    qint64 m_rate = 0;
    qint64 m_level = 0;
};

}  // namespace lares::app
