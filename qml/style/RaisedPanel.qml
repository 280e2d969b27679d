// The ground of menus, dialogs and popovers.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    radius: Theme.radiusCard
    color: Theme.raised
    border.width: 1
    border.color: Theme.lineStrong
}
