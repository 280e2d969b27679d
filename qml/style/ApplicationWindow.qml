// The window's ground.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ApplicationWindow {
    color: Theme.page
    // Controls take their face from the window, which would ask the platform.
    font.family: Theme.faceMetrics.font.family
    palette {
        window: Theme.page
        windowText: Theme.text
        base: Theme.page
        text: Theme.text
        button: Theme.page
        buttonText: Theme.text
        mid: Theme.line
        placeholderText: Theme.text2
        highlight: Theme.soft
        highlightedText: Theme.text
    }
}
