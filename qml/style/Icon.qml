// One icon of our set, in the colour of its place.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Image {
    id: icon

    required property string name
    property color color: Theme.text2
    property int size: 20

    width: size
    height: size
    sourceSize.width: size
    sourceSize.height: size
    source: name === "" ? "" : "image://icons/" + name + "/" + color
    fillMode: Image.PreserveAspectFit
}
