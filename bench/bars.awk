# Draws horizontal bars as SVG. A line is TITLE|LABEL|VALUE|LOW|HIGH; lines of one title make one chart, with a scale of
# its own and a whisker from LOW to HIGH.
BEGIN { FS = "|" }
{
  if ($1 != title[charts]) { title[++charts] = $1; first[charts] = NR; max[charts] = 0 }
  chart[NR] = charts; label[NR] = $2; value[NR] = $3; low[NR] = $4; high[NR] = $5
  if ($5 > max[charts]) max[charts] = $5
}
function text(x, y, anchor, weight, what) {
  gsub(/&/, "\\&amp;", what); gsub(/</, "\\&lt;", what)
  printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>\n", x, y, anchor, weight, what
}
function short(number) { return number < 100 ? sprintf("%.2f", number) : sprintf("%d", number) }
END {
  left = 300; width = 480; step = 24; height = NR * step + charts * 50 + 10
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", left + width + 90, height
  printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
  y = 0
  for (i = 1; i <= NR; i++) {
    if (i == first[chart[i]]) { y += 34; text(10, y, "start", "bold", title[chart[i]]); y += 16 }
    scale = max[chart[i]] > 0 ? width / max[chart[i]] : 0
    ours = label[i] ~ /^snapfs/
    text(left - 8, y + 13, "end", ours ? "bold" : "normal", label[i])
    printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left, y, value[i] * scale, step - 6, ours ? "#1f6fb4" : "#a9b4bf"
    printf "<path d=\"M%.1f %dH%.1f\" stroke=\"black\"/>\n", left + low[i] * scale, y + (step - 6) / 2, left + high[i] * scale
    text(left + high[i] * scale + 6, y + 13, "start", "normal", short(value[i]))
    y += step
  }
  print "</svg>"
}
