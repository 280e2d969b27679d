// The one table of colours, sizes and times. Names say the use, never the hue; a name never begins with "on" and a
// capital, because QML takes that for a signal handler.
pragma Singleton
pragma ComponentBehavior: Bound

import QtQuick

QtObject {
    id: theme

    // Set by the main window from the settings and the system.
    property bool dark: false
    property bool reducedMotion: false

    // Surfaces
    readonly property color rail: dark ? "#121514" : "#ECEFED"
    readonly property color pane: dark ? "#171A19" : "#F5F7F6"
    readonly property color page: dark ? "#1C201E" : "#FFFFFF"
    readonly property color raised: dark ? "#252A28" : "#FFFFFF"
    readonly property color sunken: dark ? "#151817" : "#F3F5F4"

    // Lines
    readonly property color line: dark ? "#2C3230" : "#E0E5E2"
    readonly property color lineStrong: dark ? "#414A46" : "#C6CDC9"
    readonly property color control: dark ? "#7A8580" : "#7C8681"

    // Text
    readonly property color text: dark ? "#E8ECEA" : "#191D1B"
    readonly property color text2: dark ? "#A7B0AC" : "#56605B"
    readonly property color disabled: dark ? "#636D69" : "#9AA39F"

    // Overlays on any surface
    readonly property color hover: dark ? "#0FE8ECEA" : "#0D191D1B"
    readonly property color pressed: dark ? "#1CE8ECEA" : "#1A191D1B"
    /// Over the page while a drawer or dialog is open.
    readonly property color dim: dark ? "#66000000" : "#26191D1B"

    // Accent
    readonly property color accent: dark ? "#2DD4BF" : "#0F766E"
    readonly property color accentHover: dark ? "#58DFCE" : "#0C655E"
    readonly property color accentPressed: dark ? "#22B5A3" : "#0A544E"
    readonly property color accentText: dark ? "#04201C" : "#FFFFFF"
    readonly property color tint: dark ? "#1D322F" : "#E2F1EE"
    readonly property color tintHover: dark ? "#22403B" : "#D3E9E5"
    readonly property color tintText: dark ? "#86E8DB" : "#0B5750"

    // Shares of a bar
    readonly property color mid: dark ? "#1F8F82" : "#4D988F"
    readonly property color soft: dark ? "#1B5C54" : "#A9D2CD"
    readonly property color other: dark ? "#69736F" : "#87918C"

    // Warnings and errors
    readonly property color amber: dark ? "#F3B955" : "#8A4B08"
    readonly property color amberFill: dark ? "#F3B955" : "#B45309"
    readonly property color amberTint: dark ? "#332915" : "#FBF0DD"
    readonly property color amberLine: dark ? "#5A4720" : "#EBD3A8"
    readonly property color red: dark ? "#FF8D84" : "#B3261E"
    readonly property color redFill: dark ? "#F2695F" : "#B3261E"
    readonly property color redFillText: dark ? "#2A0705" : "#FFFFFF"
    readonly property color redTint: dark ? "#381F1D" : "#FBEAE8"
    readonly property color redLine: dark ? "#643532" : "#F0C8C4"

    // Code
    readonly property color codeKeyword: dark ? "#5FDCCB" : "#0F766E"
    readonly property color codeString: dark ? "#EAC077" : "#8A4B08"
    readonly property color codeComment: dark ? "#8D9893" : "#66716C"

    // Toast and tooltip
    readonly property color toast: dark ? "#E8ECEA" : "#262B29"
    readonly property color toastText: dark ? "#191D1B" : "#E8ECEA"
    readonly property color toastAction: dark ? "#0F766E" : "#2DD4BF"

    // Space and radius
    readonly property int space4: 4
    readonly property int space8: 8
    readonly property int space12: 12
    readonly property int space16: 16
    readonly property int space24: 24
    readonly property int space32: 32
    readonly property int radius: 6
    readonly property int radiusCard: 10

    // Heights
    readonly property int rowHeight: 32
    readonly property int controlHeight: 36
    readonly property int smallHeight: 28
    readonly property int largeHeight: 44
    readonly property int headerHeight: 56

    // Columns
    readonly property int readingWidth: 608
    readonly property int composerWidth: 640
    readonly property int bubbleWidth: 512
    readonly property int settingsWidth: 728
    readonly property int listPaneWidth: 280

    // Times in milliseconds
    readonly property int quick: reducedMotion ? 0 : 120
    readonly property int steady: reducedMotion ? 0 : 160

    // Type: the text face is the application's; code has its own.
    readonly property string monoFamily: {
        const families = Qt.fontFamilies();
        return families.indexOf("JetBrains Mono") >= 0 ? "JetBrains Mono" : "monospace";
    }
    /// Natural line height of the text face per pixel of its size; what is missing to the wanted line is spread evenly.
    readonly property real naturalLine: faceMetrics.height / 100
    readonly property FontMetrics faceMetrics: FontMetrics {
        font.pixelSize: 100
    }
    readonly property FontMetrics readingMetrics: FontMetrics {
        font.pixelSize: 16
    }
    /// What makes reading text 16/24: rich text counts in percent of the face's own line, which is whole pixels.
    readonly property int readingLinePercent: Math.round(2400 / (Math.ceil(readingMetrics.ascent) + Math.ceil(readingMetrics.descent)))
}
