// How far something is, where there is only room for an icon.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Canvas {
    id: ring

    required property real value
    property int size: 16
    property color trackColor: Theme.line
    property color color: Theme.accent

    implicitWidth: size
    implicitHeight: size
    onValueChanged: requestPaint()
    onColorChanged: requestPaint()
    onTrackColorChanged: requestPaint()
    onPaint: {
        const context = getContext("2d");
        const half = size / 2;
        context.reset();
        context.lineWidth = 2;
        context.strokeStyle = trackColor;
        context.beginPath();
        context.arc(half, half, half - 1.5, 0, 2 * Math.PI);
        context.stroke();
        context.strokeStyle = color;
        context.beginPath();
        context.arc(half, half, half - 1.5, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(0, Math.min(1, value)));
        context.stroke();
    }
}
