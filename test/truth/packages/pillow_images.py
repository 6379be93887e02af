# truth: {"packages": ["pillow"], "files": ["a.bmp"]}
import io

from PIL import Image, ImageDraw, ImageFilter, ImageFont, features

image = Image.new("RGB", (64, 48), "navy")
ImageDraw.Draw(image).ellipse((8, 8, 40, 40), fill="gold")
ImageDraw.Draw(image).text((2, 2), "text", font=ImageFont.load_default())
for form in ("PNG", "JPEG", "GIF", "WEBP"):
    data = io.BytesIO()
    image.save(data, form)
    print(form, Image.open(io.BytesIO(data.getvalue())).size)
image.filter(ImageFilter.GaussianBlur(2)).resize((16, 12)).save("a.bmp")
print(image.getpixel((20, 20)), features.check("freetype2"), image.rotate(45).histogram()[:3])
try:
    Image.open(io.BytesIO(b"no picture"))
except OSError as error:
    print(type(error).__name__)
