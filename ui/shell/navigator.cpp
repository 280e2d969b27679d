#include "ui/shell/navigator.h"

#include <utility>

namespace lares::ui {

void Navigator::setPlace(Place place) {
    if (place == m_place) return;
    m_before = std::exchange(m_place, place);
    emit placeChanged();
}

void Navigator::back() {
    setPlace(std::exchange(m_before, Chat));
    m_before = Chat;
}

}  // namespace lares::ui
