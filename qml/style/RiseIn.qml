// How a popover comes.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Transition {
    NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.steady; easing.type: Easing.OutCubic }
}
