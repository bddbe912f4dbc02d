import Rules

/// The section with the picture of alerts over time, and the same as a table.
struct ReportTimeline {
  let page: ReportPage
  let context: ReportContext

  func write(to html: inout HTMLWriter) {
    guard
      let bins = TimelineBins(
        page.times, from: context.earliest?.milliseconds, to: context.latest?.milliseconds)
    else { return }
    html.markup("<section aria-labelledby=\"time-h\"><h2 id=\"time-h\">Timeline</h2>")
    html.open(
      "figure", ("id", "time"), ("data-e", bins.edges.map(String.init).joined(separator: " ")))
    let busiest = bins.counts.indices.max { bins.total($0) < bins.total($1) } ?? 0
    let shown = page.times.count - bins.outside.count
    let description =
      "\(shown.grouped) \(shown == 1 ? "alert" : "alerts") from \(bins.label(0)) to \(bins.label(bins.counts.count - 1)) UTC, a bar for each "
      + "\(bins.lengthText). The most, \(bins.total(busiest).grouped), at \(bins.label(busiest))."
    html.element("div", ("class", "wide")) { html in
      TimelinePicture(bins: bins, width: 1040, height: 200, labels: 8).write(to: &html, description: description)
    }
    html.element("div", ("class", "narrow")) { html in
      TimelinePicture(bins: bins, width: 400, height: 190, labels: 3).write(to: &html, description: description)
    }
    html.element("figcaption", text: "A bar for each \(bins.lengthText), in UTC." + bins.outsideText)
    html.markup("</figure><details class=\"about\"><summary>As a table</summary><table><thead><tr>")
    html.markup(
      "<th scope=\"col\">From</th><th scope=\"col\">Alerts</th><th scope=\"col\">By severity</th></tr></thead><tbody>")
    for bin in bins.counts.indices where bins.total(bin) > 0 {
      html.open("tr")
      html.element("th", ("scope", "row"), text: bins.label(bin))
      html.element("td", ("class", "n"), text: bins.total(bin).grouped)
      html.element("td", text: TimelinePicture.words(bins.counts[bin]))
      html.close("tr")
    }
    html.markup("</tbody></table></details></section>")
  }
}
