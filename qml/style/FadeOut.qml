// How a popover goes.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Transition {
    NumberAnimation { property: "opacity"; to: 0; duration: Theme.quick; easing.type: Easing.OutCubic }
}
