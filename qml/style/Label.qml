// Text in one of the few styles there are. Lines have the token's height, the text in their middle.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Label {
    id: label

    enum Kind { Display, Heading, Title, Reading, Body, Strong, Note, Section, Code }

    property int kind: Label.Body
    readonly property int sizePixels: [28, 20, 16, 16, 14, 14, 12, 12, 14][kind]
    readonly property int linePixels: [36, 28, 24, 24, 20, 20, 16, 16, 20][kind]
    readonly property int slack: Math.round((linePixels - sizePixels * Theme.naturalLine) / 2)

    color: enabled ? Theme.text : Theme.disabled
    linkColor: Theme.accent
    textFormat: Text.PlainText
    font.pixelSize: sizePixels
    font.weight: [Font.DemiBold, Font.DemiBold, Font.DemiBold, Font.Normal, Font.Normal, Font.Medium, Font.Normal,
                  Font.DemiBold, Font.Normal][kind]
    Binding on font.family {
        when: label.kind === Label.Code
        value: Theme.monoFamily
    }
    lineHeight: linePixels
    lineHeightMode: Text.FixedHeight
    topPadding: slack
    bottomPadding: -slack
}
