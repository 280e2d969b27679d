// A button in its five kinds. `icon.name` is a name of our icon set; without a text it is square.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Button {
    id: control

    enum Variant { Standard, Primary, Quiet, Danger, Erase }

    property int variant: Button.Standard
    property int size: Theme.controlHeight
    property int iconSize: size <= Theme.smallHeight ? 18 : 20
    /// The colour of text and icon at rest.
    property color ink: {
        switch (variant) {
        case Button.Primary: return Theme.accentText;
        case Button.Danger: return Theme.red;
        case Button.Erase: return Theme.redFillText;
        default: return Theme.text;
        }
    }
    readonly property bool filled: variant === Button.Primary || variant === Button.Erase
    readonly property bool bordered: variant === Button.Standard

    implicitWidth: Math.max(implicitBackgroundWidth + leftInset + rightInset,
                            implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: size
    leftPadding: size <= Theme.smallHeight ? 10 : icon.name !== "" ? 12 : 16
    rightPadding: size <= Theme.smallHeight ? 10 : 16
    spacing: Theme.space8
    font.pixelSize: 14
    font.weight: Font.Medium
    hoverEnabled: true

    contentItem: IconText {
        iconName: control.icon.name
        iconSize: control.iconSize
        text: control.text
        font: control.font
        ink: control.enabled ? control.ink : Theme.disabled
        spacing: control.spacing
    }

    background: Rectangle {
        implicitWidth: control.size
        implicitHeight: control.size
        radius: Theme.radius
        color: {
            if (!control.enabled)
                return control.filled || control.bordered ? Theme.sunken : "transparent";
            if (control.variant === Button.Primary)
                return control.down ? Theme.accentPressed : control.hovered ? Theme.accentHover : Theme.accent;
            return control.variant === Button.Erase ? Theme.redFill : control.bordered ? Theme.page : "transparent";
        }
        border.width: control.bordered || (control.filled && !control.enabled) ? 1 : 0
        border.color: control.enabled ? Theme.control : Theme.line
        Behavior on color {
            ColorAnimation { duration: Theme.quick }
        }

        Rectangle { // hover and pressed lie over whatever is below
            anchors.fill: parent
            radius: parent.radius
            visible: control.enabled && control.variant !== Button.Primary
            color: control.down ? Theme.pressed : control.hovered ? Theme.hover : "transparent"
        }
        FocusRing {
            visible: control.visualFocus
        }
    }
}
